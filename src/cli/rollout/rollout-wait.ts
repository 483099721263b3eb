import { counted } from '../../base/text/counted';
import { type Command, Option } from 'commander';
import { releaseDetailsJson } from '../../contract/release';
import { DomainError } from '../../core/errors';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, type ExitCode, print, printJson, talk } from '../kernel/context';
import { parseAnswer } from '../kernel/server-answer';
import { ServerRefusal } from '../kernel/server-refusal';
import { releasePath } from '../release/release-show';
import { describeState, shownRelease } from '../release/shown-release';
import { judgeWait, countReached, type WaitTarget, waitTargets } from './judge-wait';

const waitedRelease = shownRelease.extend({
  progress: releaseDetailsJson.shape.progress.pick({ steps: true, in_progress: true, next: true }),
});

const pauseMs = 5_000;
/** A server that is silent for this long is asked again; in milliseconds. */
const lookLimitMs = 20_000;
const longestMinutes = 7 * 24 * 60;

type Outcome = 'reached' | 'failed' | 'replaced' | 'timed-out';
const exitCodes: Readonly<Record<Outcome, ExitCode>> = { reached: 0, failed: 1, replaced: 1, 'timed-out': 3 };

interface Flags {
  readonly until: WaitTarget;
  readonly timeout: string;
}

interface Wait {
  readonly path: string;
  readonly target: WaitTarget;
  readonly timeoutMs: number;
  readonly say: (text: string) => void;
}

/** `rollout wait`: for a CI job, between a release and the steps that depend on it. */
export function addRolloutWait(rollout: Command, context: CliContext): void {
  addCommand<Flags>(rollout, context, {
    usage: 'wait <release>',
    summary: 'wait until a release is proven on its devices (for CI jobs)',
    details:
      '"proven" waits for all devices in the steps reached so far, "complete" for all devices in all steps.\nExit codes: 0 reached; 1 paused, aborted, replaced, or a device failed and no other can still succeed; 3 timed out. If the server restarts, the command keeps waiting.',
    options: [
      new Option('--until <state>', 'what to wait for').choices(waitTargets).default('complete'),
      new Option('--timeout <minutes>', 'how long to wait').default('60'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['rollout wait 12', 'rollout wait 12 --until proven --timeout 30 --json'],
    run: async ({ args, options, config }) => {
      const { until, json } = options;
      const path = releasePath(args);
      const timeoutMs = parseTimeout(options.timeout);
      const client = await AdminClient.open(context, config);
      const say = (text: string) => {
        if (json !== true) talk(context, text);
      };
      const { outcome, answer } = await waitFor(context, client, { path, target: until, timeoutMs, say });
      if (json === true) printJson(context, { outcome, until, release: answer });
      else print(context, outcome);
      return exitCodes[outcome];
    },
  });
}

/** @throws DomainError `configuration` */
function parseTimeout(text: string): number {
  const minutes = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (minutes >= 1 && minutes <= longestMinutes) return minutes * 60_000;
  throw new DomainError(
    'configuration',
    `--timeout must be a whole number of minutes, 1 to ${longestMinutes}`,
  );
}

/**
 * Asks repeatedly. The first request must succeed: a wrong address is not a restart.
 * @throws ServerRefusal, DomainError as {@link AdminClient.get}
 */
async function waitFor(
  { surroundings }: CliContext,
  client: AdminClient,
  { path, target, timeoutMs, say }: Wait,
): Promise<{ readonly outcome: Outcome; readonly answer: unknown }> {
  let answer = await client.get(path, lookLimitMs);
  let waitedMs = 0;
  let said = '';
  const sayOnce = (text: string) => {
    if (text !== said) say(text);
    said = text;
  };
  for (;;) {
    const release = parseAnswer(waitedRelease, answer);
    const verdict = judgeWait(release, target);
    const { devices, proven, failed } = countReached(release);
    const reached = `proven on ${proven} of ${counted(devices, 'device')} so far`;
    sayOnce(`${describeState(release)}; ${reached}${failed === 0 ? '' : `, ${failed} failed`}`);
    if (verdict !== 'waiting') return { outcome: verdict, answer };
    for (let isSeen = false; !isSeen;) {
      if (waitedMs >= timeoutMs) {
        say(`timed out after ${timeoutMs / 60_000} min; next: ${release.progress.next}`);
        return { outcome: 'timed-out', answer };
      }
      const beginMs = surroundings.now().getTime();
      await surroundings.wait(Math.min(pauseMs, timeoutMs - waitedMs));
      try {
        answer = await client.get(path, lookLimitMs);
        isSeen = true;
      } catch (error) {
        if (error instanceof ServerRefusal && error.code === 'not-found') {
          say('it is no longer current: another release replaced it, or it was deactivated');
          return { outcome: 'replaced', answer };
        }
        if (!isAway(error)) throw error;
        sayOnce(`${error.message}; retrying`);
      }
      // Setting the clock meanwhile neither ends the wait nor makes it endless.
      const passedMs = surroundings.now().getTime() - beginMs;
      waitedMs += Math.min(Math.max(passedMs, pauseMs), pauseMs + lookLimitMs);
    }
  }
}

/** No answer, or one from a server or proxy that says to retry later. */
function isAway(error: unknown): error is DomainError | ServerRefusal {
  return (error instanceof DomainError || error instanceof ServerRefusal) && error.code === 'unavailable';
}
