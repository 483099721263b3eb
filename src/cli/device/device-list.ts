import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { deviceJson, devicePageJson } from '../../contract/device';
import { installationJson } from '../../contract/installation';
import type { Read } from '../../contract/reader';
import { deviceSorts } from '../../core/device-sort';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { formatTable } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';
import { parseAnswer } from '../kernel/server-answer';
import { type DeviceFilter, filterOptions, filterQuery, parseCount } from './device-filter';

interface Flags extends DeviceFilter {
  readonly sort?: string;
  readonly desc?: boolean;
  readonly limit?: number;
  readonly after?: string;
  readonly all?: boolean;
}

const largestPage = 1_000;

const shownDevice = deviceJson
  .pick({
    id: true,
    last_contact_at: true,
    compatible: true,
    system_version: true,
    channel: true,
    labels: true,
    admission: true,
    hold: true,
    pin: true,
  })
  .extend({ installation: installationJson.pick({ bundle: true, state: true, progress: true }).nullable() });
const shownPage = devicePageJson.extend({ devices: z.array(shownDevice) });
/** A page as it is, for scripts that may know more of a device. */
const wholePage = devicePageJson
  .pick({ next: true })
  .extend({ devices: z.array(z.unknown()) })
  .loose();

export function addDeviceList(device: Command, context: CliContext): void {
  addCommand<Flags>(device, context, {
    usage: 'list',
    summary: 'list the devices of a running server, a page at a time',
    details: 'Everything given must fit.',
    options: [
      ...filterOptions,
      new Option('--sort <what>', 'sort by this (default id)').choices(deviceSorts),
      new Option('--desc', 'the last first'),
      new Option('--limit <number>', 'so many at the most (default 100)').argParser(parseLimit),
      new Option('--after <place>', 'go on where a page ended'),
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
      const answer =
        options.all === true ? await listAll(client, options) : await client.get(pathOf(options));
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { devices, next, total } = parseAnswer(shownPage, answer);
      print(context, table(devices));
      if (next !== null)
        talk(context, `${devices.length} of ${total}; go on with --after ${next}, or take --all`);
      return 0;
    },
  });
}

/** The pages as one. */
async function listAll(client: AdminClient, flags: Flags): Promise<object> {
  const devices: unknown[] = [];
  let after: string | undefined;
  for (;;) {
    const answer = await client.get(
      pathOf({ ...flags, limit: largestPage, ...(after === undefined ? {} : { after }) }),
    );
    const page = parseAnswer(wholePage, answer);
    devices.push(...page.devices);
    if (page.next === null) return { ...page, devices };
    after = page.next;
  }
}

function pathOf(flags: Flags): string {
  const asked = {
    ...filterQuery(flags),
    sort: flags.sort,
    order: flags.desc === true ? 'desc' : undefined,
    limit: flags.limit,
    after: flags.after,
  };
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  return given.length === 0
    ? '/api/devices'
    : `/api/devices?${new URLSearchParams(Object.fromEntries(given)).toString()}`;
}

function table(devices: readonly Read<z.infer<typeof shownDevice>>[]): string {
  const rows = devices.map((device) => [
    device.id,
    device.compatible ?? '-',
    device.system_version ?? '-',
    device.channel,
    stateOf(device),
    device.installation?.bundle ?? '-',
    device.last_contact_at?.replace(/\.\d+Z$/, 'Z') ?? 'never',
    device.labels.join(', ') || '-',
  ]);
  return formatTable(
    ['DEVICE', 'COMPATIBLE', 'VERSION', 'CHANNEL', 'STATE', 'BUNDLE', 'LAST CONTACT', 'LABELS'],
    rows,
  );
}

/** What a person decided weighs more than how far the installation is. */
function stateOf({ admission, hold, pin, installation }: Read<z.infer<typeof shownDevice>>): string {
  const decided = [
    ...(admission === 'waiting' ? ['waiting'] : []),
    ...(hold === null ? [] : ['held']),
    ...(pin === null ? [] : ['pinned']),
  ];
  const shown = [...decided, ...(installation === null ? [] : [installation.state])].map(markedState);
  const percent = installation?.state === 'downloading' ? ` ${installation.progress ?? 0} %` : '';
  return shown.length === 0 ? '-' : `${shown.join(', ')}${percent}`;
}

function parseLimit(text: string): number {
  const limit = parseCount(text);
  if (limit < 1 || limit > largestPage)
    throw new InvalidArgumentError(`Use a number from 1 to ${largestPage}.`);
  return limit;
}
