import { counted } from '../../base/text/counted';
import type { FindingJson } from '../../contract/finding';
import { type DeviceGroupJson, type ReachJson, reachJson, warningsJson } from '../../contract/reach';
import { type CliContext, talk } from '../kernel/context';

/** Returned with a new release; an older server leaves it out. */
export const shownEffect = { reach: reachJson.nullish(), warnings: warningsJson.optional() };

/** Warns about what is probably not intended. */
export function tellWarnings(context: CliContext, warnings: readonly FindingJson[] = []): void {
  for (const { message } of warnings) talk(context, `warning: ${message}`);
}

interface Consequence {
  readonly version: string | null;
  readonly current: {
    readonly bundle: string;
    readonly rollout: { state: string; step: number; steps: number };
  } | null;
  readonly reach: ReachJson;
}

/** `1,212 devices; replaces a rollout at step 4 of 5; 420 go from 2.4.0 down to 2.2.4; 12 have an unknown version` */
export function describeConsequence({ version, current, reach }: Consequence): string {
  const {
    goes_down: down,
    left_out_newer: newer,
    left_out_by_from: byFrom,
    unknown_version: unknown,
  } = reach;
  return [
    reach.devices === 1 ? '1 device' : `${thousands(reach.devices)} devices`,
    ...(current === null ? [] : [`replaces ${placeOf(current)}`]),
    ...(reach.up_to_date === 0 ? [] : [`${verb(reach.up_to_date, 'already runs', 'already run')} it`]),
    ...(down.devices === 0 ? [] : [wordsOfDown(down, version)]),
    ...(newer.devices === 0
      ? []
      : [`${verb(newer.devices, 'runs', 'run')} a newer version and ${are(newer)} left out`]),
    ...(byFrom.devices === 0 ? [] : [`${thousands(byFrom.devices)} ${are(byFrom)} left out by --from`]),
    ...(unknown === 0 ? [] : [`${verb(unknown, 'has', 'have')} an unknown version`]),
  ].join('; ');
}

function placeOf({ bundle, rollout: { state, step, steps } }: NonNullable<Consequence['current']>): string {
  if (steps === 1) return bundle;
  return `${state === 'running' ? 'a' : state === 'paused' ? 'a paused' : 'an aborted'} rollout at step ${step} of ${steps}`;
}

function wordsOfDown(down: DeviceGroupJson, version: string | null): string {
  const [only] = down.versions;
  const to = version ?? 'it';
  if (only?.devices === down.devices)
    return `${verb(down.devices, 'goes', 'go')} from ${only.version} down to ${to}`;
  return `${verb(down.devices, 'goes', 'go')} down to ${to}: ${versions(down)}`;
}

function are({ devices }: DeviceGroupJson): string {
  return devices === 1 ? 'is' : 'are';
}

function verb(devices: number, one: string, many: string): string {
  return `${thousands(devices)} ${devices === 1 ? one : many}`;
}

function thousands(count: number): string {
  return count.toLocaleString('en');
}

/** Says what is unusual about a release's devices: which are downgraded, and which are left out. */
export function tellReach(context: CliContext, reach: ReachJson | null | undefined): void {
  if (reach === null || reach === undefined) return;
  const { goes_down: down, left_out_newer: newer, left_out_by_from: byFrom } = reach;
  const { devices, unknown_version: unknown } = reach;
  if (down.devices > 0)
    talk(context, `${devicesThat(down.devices, 'is', 'are')} downgraded: ${versions(down)}`);
  if (newer.devices > 0) {
    const who = `${devicesThat(newer.devices, 'runs', 'run')} a newer version`;
    const [left, them] = newer.devices === 1 ? ['It is', 'it'] : ['They are', 'them'];
    talk(context, `${who}: ${versions(newer)}. ${left} left out; --allow-downgrade includes ${them}`);
  }
  if (byFrom.devices > 0)
    talk(context, `${devicesThat(byFrom.devices, 'is', 'are')} left out by --from: ${versions(byFrom)}`);
  if (unknown > 0) talk(context, `${devicesThat(unknown, 'has', 'have')} an unknown version`);
  if (devices === 0) talk(context, 'no devices follow this channel yet');
  else if (reach.reached + reach.up_to_date === 0) talk(context, 'warning: no device matches this release');
}

function devicesThat(devices: number, one: string, many: string): string {
  return `${counted(devices, 'device')} ${devices === 1 ? one : many}`;
}

function versions({ devices, versions: named }: DeviceGroupJson): string {
  const others = devices - named.reduce((sum, one) => sum + one.devices, 0);
  return [
    ...named.map(({ version, devices: count }) => `${count} on ${version}`),
    ...(others === 0 ? [] : [`${others} on other versions`]),
  ].join(', ');
}
