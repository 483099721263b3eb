import type { EventJson } from '../../../contract/event';
import type { ExplainedOfferJson, ExplanationJson } from '../../../contract/explanation';
import { linkTo } from '../../location';
import { Icon, type IconName } from '../../parts/icon';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';

/** What it would be told now in each protocol, and every rule on the way there. */
export function Explanation({ id }: { readonly id: string }) {
  const data = useData<ExplanationJson>(linkTo('api', 'devices', id, 'explain'), {
    isStale: ({ device, kind }: EventJson) => device === id || /^(release|rollout)\./.test(kind),
    everyMs: 60_000,
  });
  return (
    <Section title={text.devices.one.explanation}>
      <Loaded data={data}>{({ answers }) => <Answers answers={answers} />}</Loaded>
    </Section>
  );
}

function Answers({ answers }: Pick<ExplanationJson, 'answers'>) {
  const { protocols, sameInAll } = text.devices.one;
  const order = [...protocols.keys()].reverse();
  const sorted = [...answers].sort((a, b) => order.indexOf(b.protocol) - order.indexOf(a.protocol));
  const nameOf = (protocol: string) => protocols.get(protocol) ?? protocol;
  const [first, ...others] = sorted;
  if (first !== undefined && others.every((other) => isSame(first, other)))
    return (
      <>
        <Answer offer={first} />
        <p class="muted small">{sameInAll(sorted.map(({ protocol }) => nameOf(protocol)))}</p>
      </>
    );
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

/** Whether a bundle can be streamed is not asked in every protocol; that makes no difference as long as it can. */
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

function Answer({ offer: { offered, message, rules } }: { readonly offer: ExplainedOfferJson }) {
  const { one } = text.devices;
  return (
    <>
      <p class="answer">
        {offered === null ? (
          <>
            <strong>{one.getsNothing}</strong> {message}
          </>
        ) : (
          <>
            <strong>{one.gets}</strong> <a href={linkTo('bundles', offered)}>{offered}</a>
          </>
        )}
      </p>
      <ol class="rules">
        {rules.map((rule) => (
          <Rule key={rule.rule} {...rule} />
        ))}
      </ol>
    </>
  );
}

type Verdict = 'passed' | 'failed' | 'skipped';
const icons: Readonly<Record<Verdict, IconName>> = { passed: 'check', failed: 'cross', skipped: 'dot' };

function Rule({ rule, passed, message }: ExplainedOfferJson['rules'][number]) {
  const verdict: Verdict = passed === null ? 'skipped' : passed ? 'passed' : 'failed';
  const { rules, verdicts } = text.devices.one;
  return (
    <li class={`rule ${verdict}`}>
      <span class="rule-verdict">
        <Icon name={icons[verdict]} />
        {verdicts[verdict]}
      </span>
      <span class="rule-name">{rules[rule] ?? rule}</span>
      <span class="rule-message">{message}</span>
    </li>
  );
}
