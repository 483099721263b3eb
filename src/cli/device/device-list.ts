import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { deviceJson, devicePageJson } from '../../contract/device';
import { installationJson } from '../../contract/installation';
import type { Read } from '../../contract/reader';
import { deviceSorts } from '../../core/device-sort';
import { installationStates } from '../../core/installation-states';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { formatTable } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';
import { parseAnswer } from '../kernel/server-answer';

interface Flags {
  readonly search?: string;
  readonly compatible?: string;
  readonly channel?: string;
  readonly systemVersion?: string;
  readonly label?: string;
  readonly state?: string;
  readonly held?: boolean;
  readonly pinned?: boolean;
  readonly waiting?: boolean;
  readonly secondBoard?: boolean;
  readonly otherCompatible?: boolean;
  readonly silentPoller?: boolean;
  readonly release?: number;
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
      new Option('--search <text>', 'part of the id, the serial number or the notes'),
      new Option('--compatible <compatible>', 'of this compatible'),
      new Option('--channel <channel>', 'that follow this channel'),
      new Option('--system-version <version>', 'that run this version'),
      new Option('--label <label>', 'with this label'),
      new Option('--state <state>', 'of the latest installation').choices([...installationStates, 'none']),
      new Option('--held', 'that somebody holds'),
      new Option('--pinned', 'that somebody pinned to a bundle'),
      new Option('--waiting', 'that wait for admission'),
      new Option('--second-board', 'whose certificate two boards use'),
      new Option('--other-compatible', 'that say to be of another compatible than their certificate'),
      new Option('--silent-poller', "where RAUC's own poller does not tell its version or boot id"),
      new Option('--release <number>', 'whose latest installation is for this release').argParser(parseCount),
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
  const { desc, held, pinned, waiting, systemVersion } = flags;
  const asked = {
    search: flags.search,
    compatible: flags.compatible,
    channel: flags.channel,
    version: systemVersion,
    label: flags.label,
    state: flags.state,
    held,
    pinned,
    waiting,
    second_board: flags.secondBoard,
    other_compatible: flags.otherCompatible,
    silent_poller: flags.silentPoller,
    release: flags.release,
    sort: flags.sort,
    order: desc === true ? 'desc' : undefined,
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

function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Use a whole number.');
  return Number(text);
}

function parseLimit(text: string): number {
  const limit = parseCount(text);
  if (limit < 1 || limit > largestPage)
    throw new InvalidArgumentError(`Use a number from 1 to ${largestPage}.`);
  return limit;
}
