import { parseWindow, weekdays } from '../../../core/maintenance-window';
import type { PolicyJson } from '../../../contract/policy';
import type { ReleaseDetailsJson } from '../../../contract/release';
import { linkTo } from '../../location';
import { Facts, Section } from '../../parts/page';
import { stepWords } from '../../parts/release/steps-mark';
import { Ago, Moment } from '../../parts/time';
import { text } from '../../texts';

const words = text.rollouts;

/** Where the release comes from and how it reaches its devices, in words. */
export function Policy({ release }: { readonly release: ReleaseDetailsJson }) {
  const { bundle, released_at: at, released_by: by, forced, rollout } = release;
  const { policy } = rollout;
  return (
    <Section title={words.policy}>
      <Facts
        facts={[
          [words.fact.bundle, <a href={linkTo('bundles', bundle)}>{bundle}</a>],
          [
            words.fact.released,
            <>
              <Moment at={at} /> {words.byWhom(by)} {forced && <span class="warn-text">{words.byForce}</span>}
            </>,
          ],
          [words.steps, policy.steps.split(',').map(stepWords).join(' →\u00a0')],
          [words.fact.stepSince, <Ago at={rollout.step_started_at} />],
          [words.fact.start, policy.start_at === null ? words.startNow : <Moment at={policy.start_at} />],
          [words.fact.promote, promoteWords(policy, rollout.steps)],
          [words.fact.pause, pauseWords(policy)],
          [
            words.fact.cap,
            policy.max_in_progress === null ? words.capNone : words.capOf(policy.max_in_progress),
          ],
          [words.fact.window, policy.window === null ? words.windowNone : windowWords(policy.window)],
          [words.fact.from, policy.from ?? words.fromAny],
          [words.fact.downgrade, policy.allow_downgrade ? words.downgradeAllowed : words.downgradeNot],
        ]}
      />
    </Section>
  );
}

function promoteWords({ promote_at_percent: percent }: PolicyJson, steps: number): string {
  if (steps === 1) return words.promoteNever;
  return percent === null ? words.promoteByPerson : words.promoteAt(percent);
}

function pauseWords({ pause_at_failures: failures, pause_at_percent: percent }: PolicyJson): string {
  const conditions = [
    ...(failures === null ? [] : [words.pauseAtFailures(failures)]),
    ...(percent === null ? [] : [words.pauseAtPercent(percent)]),
  ];
  return conditions.length === 0 ? words.pauseNever : conditions.join(words.or);
}

function windowWords(window: string): string {
  const { days, from, to, timeZone } = parseWindow(window);
  const named =
    days.length === weekdays.length ? words.everyDay : days.map((day) => words.form.day[day]).join(', ');
  return words.windowWords(named, from, to, timeZone);
}
