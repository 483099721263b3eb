import { InvalidArgumentError, Option } from 'commander';
import { timeOrAgo } from '../../contract/device';
import { installationStates } from '../../core/installation-states';

/** Which devices to select. */
export interface DeviceFilter {
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
  readonly lastContactBefore?: string;
}

/** The options of a {@link DeviceFilter}; a device must match all that are given. */
export const filterOptions: readonly Option[] = [
  new Option(
    '--search <text>',
    'match part of the id, serial number, machine id, address, notes, a label or an attribute',
  ),
  new Option('--compatible <compatible>', 'with this compatible'),
  new Option('--channel <channel>', 'following this channel'),
  new Option('--system-version <version>', 'running this version'),
  new Option('--label <label>', 'with this label'),
  new Option('--state <state>', 'whose latest installation is in this state').choices([
    ...installationStates,
    'none',
  ]),
  new Option('--held', 'on hold'),
  new Option('--pinned', 'pinned to a bundle'),
  new Option('--waiting', 'waiting for admission'),
  new Option('--second-board', 'whose certificate is used by two boards'),
  new Option('--other-compatible', 'that report a compatible their certificate is not bound to'),
  new Option('--silent-poller', 'whose RAUC poller does not send its version or boot id'),
  new Option('--release <number>', 'whose latest installation is for this release').argParser(parseCount),
  new Option(
    '--last-contact-before <when>',
    'last heard from before this time, or longer ago than this, such as 12h or 7d',
  ).argParser(parseWhen),
];

/** The given filters as the query of `GET /api/devices`. */
export function filterQuery(filter: DeviceFilter): Readonly<Record<string, string>> {
  const asked = {
    search: filter.search,
    compatible: filter.compatible,
    channel: filter.channel,
    version: filter.systemVersion,
    label: filter.label,
    state: filter.state,
    held: filter.held,
    pinned: filter.pinned,
    waiting: filter.waiting,
    second_board: filter.secondBoard,
    other_compatible: filter.otherCompatible,
    silent_poller: filter.silentPoller,
    release: filter.release,
    last_contact_before: filter.lastContactBefore,
  };
  return Object.fromEntries(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** @throws InvalidArgumentError */
export function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Use a whole number.');
  return Number(text);
}

/** @throws InvalidArgumentError */
function parseWhen(text: string): string {
  if (!timeOrAgo.safeParse(text).success)
    throw new InvalidArgumentError(
      'Use a time such as 2026-03-01T09:30:00Z, or how long ago, such as 90m, 12h or 7d.',
    );
  return text;
}
