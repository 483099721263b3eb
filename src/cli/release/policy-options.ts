import { Option } from 'commander';
import { parseChannel } from '../../core/device';
import { DomainError } from '../../core/errors';
import { parseWindow } from '../../core/maintenance-window';
import { everyoneAtOnce } from '../../core/rollout';
import { parsePolicy, parseSteps } from '../../core/rollout-policy';
import { parseVersionRange } from '../../core/version-range';
import type { RequestOf } from '../../contract/request';
import type { activateBody } from '../../contract/activation';

/** How a release reaches its devices, on the command line. */
export interface PolicyFlags {
  readonly channel?: string;
  readonly steps?: string;
  readonly startAt?: string;
  readonly promoteAt?: string;
  readonly pauseAtFailures?: string;
  readonly pauseAtPercent?: string;
  readonly atATime?: string;
  readonly window?: string;
  readonly allowDowngrade?: boolean;
  readonly from?: string;
}

export const allowDowngradeOption = new Option(
  '--allow-downgrade',
  'also offer it to devices that run a newer version, which are otherwise left out',
);

export const fromOption = new Option(
  '--from <versions>',
  'only devices running one of these versions, such as ">=10.4 <12" in RAUC\'s order; unknown versions do not match',
);

export const policyOptions: readonly Option[] = [
  new Option('--channel <channel>', 'channel to make it current on (default stable)'),
  new Option(
    '--steps <steps>',
    'percentages of the devices, optionally after a label or an attribute: 5,25,100, group:lab,10,100 or attribute:product=gateway,100',
  ),
  new Option('--start-at <time>', 'do not offer it before this time, such as 2026-12-01T02:00:00Z'),
  new Option('--promote-at <percent>', 'advance when this percentage of a step is proven'),
  new Option(
    '--pause-at-failures <n>',
    'pause when this many devices of a step have failed or rolled back; each device counts once',
  ),
  new Option(
    '--pause-at-percent <percent>',
    'pause when this percentage of the devices of a step has failed or rolled back',
  ),
  new Option('--at-a-time <n>', 'maximum number of installations in progress'),
  new Option('--window <window>', 'when installations may begin: "sat,sun 01:00-05:00 Europe/Berlin"'),
  fromOption,
  allowDowngradeOption,
];

/** The text fields of a request, so that a form can have them too. */
export type FormOf<Request> = {
  readonly [Name in keyof Request]: Extract<Request[Name], string | undefined>;
};

/**
 * Checks the options before any upload, and names them as the API does.
 * @throws DomainError `invalid-input`
 */
export function policyFields(flags: PolicyFlags): FormOf<Omit<RequestOf<typeof activateBody>, 'force'>> {
  const { channel, steps, startAt, promoteAt, pauseAtFailures, pauseAtPercent, atATime, window, from } =
    flags;
  const number = (text: string | undefined) => (text === undefined ? null : Number(text));
  parsePolicy({
    ...everyoneAtOnce,
    ...(steps === undefined ? {} : { steps: parseSteps(steps) }),
    promoteAtPercent: number(promoteAt),
    pauseAtFailures: number(pauseAtFailures),
    pauseAtPercent: number(pauseAtPercent),
    maxInProgress: number(atATime),
    from: from === undefined ? null : parseVersionRange(from),
  });
  if (startAt !== undefined) parseTime(startAt);
  return {
    channel: channel === undefined ? undefined : parseChannel(channel),
    steps,
    start_at: startAt,
    promote_at_percent: promoteAt,
    pause_at_failures: pauseAtFailures,
    pause_at_percent: pauseAtPercent,
    max_in_progress: atATime,
    window: window === undefined || parseWindow(window).days.length === 0 ? undefined : window,
    from,
    allow_downgrade: flags.allowDowngrade === true ? 'true' : undefined,
  };
}

/** As the API takes it: with a time zone, because the server's may differ. */
function parseTime(text: string): void {
  const isComplete = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (isComplete && !Number.isNaN(Date.parse(text))) return;
  throw new DomainError('invalid-input', `${JSON.stringify(text.slice(0, 80))} is not a time`, {
    remedy: 'Include the time zone: 2026-12-01T02:00:00Z or 2026-12-01T03:00:00+01:00.',
  });
}
