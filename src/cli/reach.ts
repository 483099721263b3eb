import { z } from 'zod';
import { type CliContext, talk } from './context';

const group = z.object({
  devices: z.number(),
  versions: z.array(z.object({ version: z.string(), devices: z.number() })),
});

/** Whom a release reaches, as the API counts it; an older server does not. */
export const reachAnswer = z
  .object({
    devices: z.number(),
    up_to_date: z.number(),
    reached: z.number(),
    goes_down: group,
    left_out_newer: group,
    left_out_by_from: group,
    unknown_version: z.number(),
  })
  .nullish();

/** Says what a release means for devices beside the ordinary: who goes down, and who is left out. */
export function tellReach(context: CliContext, reach: z.infer<typeof reachAnswer>): void {
  if (reach === null || reach === undefined) return;
  const { goes_down: down, left_out_newer: newer, left_out_by_from: byFrom } = reach;
  const { devices, unknown_version: unknown } = reach;
  if (down.devices > 0) talk(context, `${counted(down.devices, 'goes', 'go')} down to it: ${versions(down)}`);
  if (newer.devices > 0) {
    const who = `${counted(newer.devices, 'runs', 'run')} a newer version`;
    talk(context, `${who}: ${versions(newer)}. They are left out; --allow-downgrade includes them`);
  }
  if (byFrom.devices > 0)
    talk(context, `${counted(byFrom.devices, 'is', 'are')} left out by --from: ${versions(byFrom)}`);
  if (unknown > 0) talk(context, `${counted(unknown, 'has', 'have')} an unknown version`);
  if (devices === 0) talk(context, 'no device follows this channel yet');
  else if (reach.reached + reach.up_to_date === 0) talk(context, 'warning: no device fits this release');
}

function counted(devices: number, one: string, many: string): string {
  return devices === 1 ? `1 device ${one}` : `${devices} devices ${many}`;
}

function versions({ devices, versions: named }: z.infer<typeof group>): string {
  const others = devices - named.reduce((sum, one) => sum + one.devices, 0);
  return [
    ...named.map(({ version, devices: count }) => `${count} on ${version}`),
    ...(others === 0 ? [] : [`${others} on others`]),
  ].join(', ');
}
