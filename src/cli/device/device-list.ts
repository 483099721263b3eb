import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { deviceJson, devicePageJson } from '../../contract/device';
import { installationJson } from '../../contract/installation';
import { deviceState, isRefused, runsCurrent } from '../../contract/device-state';
import type { Read } from '../../contract/reader';
import { releaseJson } from '../../contract/release';
import { deviceSorts } from '../../core/device-sort';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, printJson, talk } from '../kernel/context';
import { type DeviceFilter, filterOptions, filterQuery, parseCount } from './device-filter';
import { allPages, devicesPath, largestPage } from './device-pages';
import { printTable } from '../kernel/print-table';
import { formatInstant } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';
import { parseAnswer } from '../kernel/server-answer';
import { shownPin } from './shown-pin';

interface Flags extends DeviceFilter {
  readonly sort?: string;
  readonly desc?: boolean;
  readonly limit?: number;
  readonly after?: string;
  readonly all?: boolean;
}

const shownDevice = deviceJson
  .pick({
    id: true,
    first_contact_at: true,
    last_contact_at: true,
    compatible: true,
    system_version: true,
    channel: true,
    labels: true,
    admission: true,
    hold: true,
  })
  .extend({
    pin: shownPin,
    installation: installationJson
      .pick({ bundle: true, sha256: true, state: true, progress: true, from_version: true })
      .nullable(),
    // An older server does not say whether a certificate is revoked.
    certificates: z.array(
      deviceJson.shape.certificates.element
        .pick({ last_seen_at: true, revoked_at: true })
        .partial({ revoked_at: true }),
    ),
  });
// An older server counts all of them.
const shownPage = devicePageJson
  .extend({ devices: z.array(shownDevice) })
  .partial({ total_is_estimate: true });
const currentReleases = z.object({
  releases: z.array(releaseJson.pick({ compatible: true, channel: true, version: true, sha256: true })),
});
type ShownDevice = Read<z.infer<typeof shownDevice>>;
type Releases = Read<z.infer<typeof currentReleases>>['releases'];

export function addDeviceList(device: Command, context: CliContext): void {
  addCommand<Flags>(device, context, {
    usage: 'list',
    summary: 'list the devices of a running server, one page at a time',
    details: 'A device must match all filters.',
    options: [
      ...filterOptions,
      new Option('--sort <what>', 'sort by this field (default id)').choices(deviceSorts),
      new Option('--desc', 'sort in descending order'),
      new Option('--limit <number>', 'devices per page (default 100)').argParser(parseLimit),
      new Option('--after <place>', 'continue after this device, as printed at the end of a page'),
      new Option('--all', 'all pages').conflicts(['limit', 'after']),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'device list',
      'device list --state rolled-back --sort last_contact --desc',
      'device list --silent-poller',
      'device list --last-contact-before 7d --sort last_contact',
      'device list --label site=berlin --system-version 1.2.0 --all --json',
    ],
    run: async ({ options, config }) => {
      const client = await AdminClient.open(context, config);
      const query = queryOf(options);
      const answer =
        options.all === true ? await allPages(client, query) : await client.get(devicesPath(query));
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { devices, next, total, total_is_estimate: isEstimate } = parseAnswer(shownPage, answer);
      const { releases } = parseAnswer(currentReleases, await client.get('/api/releases'));
      const rows = devices.map((device) => rowOf(device, releases));
      printTable(context, columns, rows, 'no devices match');
      if (next !== null) {
        const all = isEstimate === true ? `about ${total}` : `${total}`;
        talk(context, `${devices.length} of ${all}; continue with --after ${next}, or use --all`);
      }
      return 0;
    },
  });
}

function queryOf({ sort, desc, limit, after, ...filter }: Flags): Readonly<Record<string, string>> {
  return {
    ...filterQuery(filter),
    ...(sort === undefined ? {} : { sort }),
    ...(desc === true ? { order: 'desc' } : {}),
    ...(limit === undefined ? {} : { limit: String(limit) }),
    ...(after === undefined ? {} : { after }),
  };
}

const columns = ['DEVICE', 'COMPATIBLE', 'VERSION', 'CHANNEL', 'STATE', 'BUNDLE', 'LAST CONTACT', 'LABELS'];

function rowOf(device: ShownDevice, releases: Releases): readonly string[] {
  return [
    device.id,
    device.compatible ?? '-',
    device.system_version ?? '-',
    device.channel,
    stateOf(device, releases),
    device.installation?.bundle ?? '-',
    device.last_contact_at == null ? 'never' : formatInstant(device.last_contact_at),
    device.labels.join(', ') || '-',
  ];
}

/** A person's decision takes precedence over the state of the installation. */
function stateOf(device: ShownDevice, releases: Releases): string {
  const { admission, hold, pin, installation } = device;
  const state = deviceState(device, runsCurrent(device, releases));
  const shown = [
    ...(admission === 'waiting' ? ['waiting'] : []),
    ...(hold === null ? [] : ['held']),
    ...(pin === null ? [] : ['pinned']),
    ...(isRefused(device) ? ['refused'] : []),
    ...(state === null ? [] : [state]),
  ].map(markedState);
  const percent = state === 'downloading' ? ` ${installation?.progress ?? 0} %` : '';
  return shown.length === 0 ? '-' : `${shown.join(', ')}${percent}`;
}

function parseLimit(text: string): number {
  const limit = parseCount(text);
  if (limit < 1 || limit > largestPage)
    throw new InvalidArgumentError(`Use a number from 1 to ${largestPage}.`);
  return limit;
}
