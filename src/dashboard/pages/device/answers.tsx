import type { ExplainedOfferJson, ExplanationJson } from '../../../contract/explanation';
import { lookOf } from '../../../contract/state-looks';
import { camelCase } from '../../../base/text/field-names';
import type { ReasonParameters } from '../../../core/reasons/reason-words';
import { rulesNotAsked } from '../../../core/rules-not-asked';
import { onItsOwn } from '../../on-its-own';
import { stateWord } from '../../format';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { inPageWords } from './answer-words';
import { Icon, type IconName } from '../../parts/icon';
import { text } from '../../texts';

const upToDate = 'up-to-date';

/** Whether a device runs what it should, in every protocol. */
export function isUpToDate(explanation: ExplanationJson | null): boolean {
  const answers = explanation?.answers ?? [];
  return answers.length > 0 && answers.every(({ reason }) => reason === upToDate);
}

/** One answer if all protocols agree, otherwise one for each. */
export function Answers({ answers }: Pick<ExplanationJson, 'answers'>) {
  const { protocols, sameInAll } = text.devices.one;
  const order = [...protocols.keys()].reverse();
  const sorted = answers
    .map(inPageWords)
    .sort((a, b) => order.indexOf(b.protocol) - order.indexOf(a.protocol));
  const nameOf = (protocol: string) => protocols.get(protocol) ?? protocol;
  const [first, ...others] = sorted;
  if (first !== undefined && others.every((other) => isSame(first, other)))
    return <Answer offer={first} note={sameInAll(sorted.map(({ protocol }) => nameOf(protocol)))} />;
  return (
    <div class="columns">
      {sorted.map((answer) => (
        <div key={answer.protocol}>
          <h3>{nameOf(answer.protocol)}</h3>
          <Answer offer={answer} />
        </div>
      ))}
    </div>
  );
}

/** Not every protocol has a rule about streaming. For a bundle that can be streamed, that makes no difference. */
function isSame(one: ExplainedOfferJson, other: ExplainedOfferJson): boolean {
  return (
    one.offered === other.offered &&
    one.reason === other.reason &&
    one.rules.every(({ rule, passed, message }, index) => {
      const its = other.rules[index];
      if (rule === 'streamable') return passed !== false && its?.passed !== false;
      return passed === its?.passed && message === its.message;
    })
  );
}

interface AnswerProps {
  readonly offer: ExplainedOfferJson;
  readonly note?: string;
}

function Answer({ offer, note }: AnswerProps) {
  const { why } = text.devices.one;
  return (
    <>
      <p class="answer">
        <Outcome offer={offer} />
      </p>
      <details class="why">
        <summary>{why}</summary>
        <Rules offer={offer} />
        {note !== undefined && <p class="muted small">{note}</p>}
      </details>
    </>
  );
}

function Outcome({ offer: { offered, reason, parameters, message } }: AnswerProps) {
  const { one } = text.devices;
  if (offered !== null)
    return (
      <>
        <strong>{one.gets}</strong> <a href={linkTo('bundles', offered)}>{offered}</a>
      </>
    );
  if (reason === upToDate)
    return (
      <>
        <StateBadge state={upToDate} />{' '}
        <span class="muted">{onItsOwn(message, camelCase(parameters ?? {}) as ReasonParameters)}</span>
      </>
    );
  return (
    <>
      <strong>{one.getsNothing}</strong> {message}
    </>
  );
}

function Rules({ offer: { rules, reason } }: AnswerProps) {
  const { one } = text.devices;
  const asked = rules.filter(({ passed }) => passed !== null);
  const deciding = asked.find(({ passed }) => passed === false);
  const verdictOf = (rule: ToldRule): Verdict => {
    if (rule.passed === true) return 'passed';
    if (reason !== upToDate) return 'failed';
    return rule === deciding ? 'good' : 'moot';
  };
  return (
    <>
      <ol class="rules">
        {asked.map((rule) => (
          <Rule key={rule.rule} rule={rule} verdict={verdictOf(rule)} />
        ))}
      </ol>
      {rulesNotAsked(rules).map(({ rules: names, message }) => (
        <p key={message} class="muted small">
          {one.notAsked(names.map((name) => one.rules[name]).join(', '), message)}
        </p>
      ))}
    </>
  );
}

type ToldRule = ExplainedOfferJson['rules'][number];

/** A device that runs what it should is fine: the rule that says so is good, and the ones after it do not matter. */
type Verdict = 'passed' | 'failed' | 'good' | 'moot';
const icons: Readonly<Record<Verdict, IconName>> = {
  passed: 'check',
  failed: 'cross',
  good: lookOf(upToDate).shape,
  moot: 'cross',
};

interface RuleProps {
  readonly rule: ToldRule;
  readonly verdict: Verdict;
}

function Rule({ rule: { rule, message }, verdict }: RuleProps) {
  const { rules, verdicts } = text.devices.one;
  return (
    <li class={`rule ${verdict}`}>
      <span class="rule-verdict">
        <Icon name={icons[verdict]} />
        {verdict === 'good' ? stateWord(upToDate) : verdicts[verdict === 'passed' ? 'passed' : 'failed']}
      </span>
      <span class="rule-name">{rules[rule]}</span>
      <span class="rule-message">{message}</span>
    </li>
  );
}
