import type { EventJson, ExplanationJson, OfferJson } from '../../api/types';
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
  const { one } = text.devices;
  return (
    <Section title={one.explanation}>
      <Loaded data={data}>
        {({ manifest, polling }) =>
          isSame(manifest, polling) ? (
            <>
              <Answer offer={polling} />
              <p class="muted small">{one.bothProtocols}</p>
            </>
          ) : (
            <div class="columns">
              <div>
                <h3>{one.protocols.polling}</h3>
                <Answer offer={polling} />
              </div>
              <div>
                <h3>{one.protocols.manifest}</h3>
                <Answer offer={manifest} />
              </div>
            </div>
          )
        }
      </Loaded>
    </Section>
  );
}

/** Whether a bundle can be streamed is asked in one protocol alone; that makes no difference as long as it can. */
function isSame(manifest: OfferJson, polling: OfferJson): boolean {
  return (
    manifest.offered === polling.offered &&
    manifest.reason === polling.reason &&
    manifest.rules.every(({ rule, passed, message }, index) => {
      const other = polling.rules[index];
      if (rule === 'streamable') return passed !== false && other?.passed !== false;
      return passed === other?.passed && message === other.message;
    })
  );
}

function Answer({ offer: { offered, message, rules } }: { readonly offer: OfferJson }) {
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

function Rule({ rule, passed, message }: OfferJson['rules'][number]) {
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
