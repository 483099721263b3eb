import { compareNaturally } from '../../base/text/natural-order';
import type { FleetCount, FleetListing } from '../../ports/fleet-queries';
import type {
  HistoryCount,
  HistoryRecords,
  HistoryScope,
  SnapshotGrain,
  VersionCount,
} from '../../ports/history';
import { addTo, countByChannel, mostFrequent } from '../devices/version-counts';
import type { Clock } from '../../ports/clock';
import type { Retention } from '../clock/retention';

export interface HistoryPoint {
  readonly at: Date;
  readonly counts: readonly VersionCount[];
}

export interface FleetHistory {
  /** Takes a snapshot when one is due. Call it often: it checks the clock. @throws DomainError `storage-full`, `unavailable` */
  record(): Promise<void>;
  /**
   * @param hours before now
   * @returns at most 200 points, the present last, and the versions in them, oldest first
   */
  read(scope: HistoryScope & { readonly hours: number }): Promise<HistoryPoints>;
}

export interface HistoryPoints {
  readonly points: readonly HistoryPoint[];
  readonly versions: readonly (string | null)[];
}

export interface FleetHistoryPorts {
  readonly history: HistoryRecords;
  readonly listing: Pick<FleetListing, 'census'>;
  readonly retention: Pick<Retention, 'before'>;
  readonly now: Clock;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const everyMs = 10 * minuteMs;
const keptMs: Readonly<Record<SnapshotGrain, number>> = {
  moment: 2 * dayMs,
  hour: 60 * dayMs,
  day: 730 * dayMs,
};
/** Devices choose their compatible names, so the small channels of a snapshot are left out. */
const maxChannels = 50;
const maxPoints = 200;
/** How many snapshots with times in the future are deleted at most: a day of them. */
const maxTakenBack = 144;
/** Deleted per interval and run: more than are added, and few enough that a clock that is briefly wrong costs little. */
const maxPruned = 2;

/** Takes a snapshot of the fleet every ten minutes, and thins out older ones. */
export class FleetSnapshots implements FleetHistory {
  /** Time of the last check, in milliseconds: the next one is ten minutes later. */
  #lookedAtMs: number | undefined;

  constructor(private readonly ports: FleetHistoryPorts) {}

  async record(): Promise<void> {
    const at = new Date(Math.floor(this.ports.now().getTime() / everyMs) * everyMs);
    if (at.getTime() === this.#lookedAtMs) return;
    await this.#save(at);
    this.#lookedAtMs = at.getTime();
  }

  async read({ hours, ...scope }: HistoryScope & { readonly hours: number }): Promise<HistoryPoints> {
    const { history, listing, now } = this.ports;
    const at = now();
    const since = new Date(at.getTime() - hours * hourMs);
    const times = spread(await history.times(since), at, hours * hourMs);
    const past = new Map<number, Map<string | null, number>>(
      times.map((time) => [time.getTime(), new Map()]),
    );
    for (const { at: time, version, devices } of await history.counts(times, scope)) {
      const counts = past.get(time.getTime());
      if (counts !== undefined) addTo(counts, version, devices);
    }
    return toPoints([...past, [at.getTime(), presentCounts(await listing.census(), scope)]]);
  }

  async #save(at: Date): Promise<void> {
    const { history, listing, retention } = this.ports;
    const last = await history.lastAt();
    if (last?.getTime() === at.getTime()) return;
    // A clock far behind is no reason to delete data: wait for it.
    if (last !== undefined && last > at && (await history.times(at)).length > maxTakenBack) return;
    await history.save(at, grainOf(at, last), channelCounts(await listing.census()));
    for (const grain of ['moment', 'hour', 'day'] as const) {
      await history.prune(grain, await retention.before(`history-${grain}`, keptMs[grain]), maxPruned);
    }
  }
}

function grainOf(at: Date, last: Date | undefined): SnapshotGrain {
  const isNew = (periodMs: number) =>
    last === undefined || Math.floor(last.getTime() / periodMs) !== Math.floor(at.getTime() / periodMs);
  if (isNew(dayMs)) return 'day';
  return isNew(hourMs) ? 'hour' : 'moment';
}

function channelCounts(census: readonly FleetCount[]): readonly HistoryCount[] {
  return [...countByChannel(census)]
    .sort((a, b) => b.devices - a.devices)
    .slice(0, maxChannels)
    .flatMap(({ compatible, channel, versions }) =>
      mostFrequent(versions).map((count) => ({ compatible, channel, ...count })),
    );
}

function presentCounts(
  census: readonly FleetCount[],
  { compatible, channel }: HistoryScope,
): ReadonlyMap<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const one of countByChannel(census)) {
    if ((compatible ?? one.compatible) !== one.compatible || (channel ?? one.channel) !== one.channel)
      continue;
    for (const [version, devices] of one.versions) addTo(counts, version, devices);
  }
  return counts;
}

/** The last one of each of several equal intervals, with room for the present. */
function spread(times: readonly Date[], at: Date, spanMs: number): readonly Date[] {
  const stepMs = Math.max(everyMs, spanMs / (maxPoints - 2));
  const chosen = new Map<number, Date>();
  for (const time of times) {
    if (time < at) chosen.set(Math.floor((at.getTime() - time.getTime()) / stepMs), time);
  }
  return [...chosen.values()].sort((a, b) => a.getTime() - b.getTime());
}

/** The most frequent versions over all points keep their names. */
function toPoints(points: readonly (readonly [atMs: number, counts: ReadonlyMap<string | null, number>])[]) {
  const totals = new Map<string | null, number>();
  for (const [, counts] of points) {
    for (const [version, devices] of counts) addTo(totals, version, devices);
  }
  const named = new Set(mostFrequent(totals).map(({ version }) => version));
  const versions = [...named].sort(byVersion);
  return {
    versions,
    points: points.map(([atMs, counts]): HistoryPoint => {
      const shown = new Map<string | null, number>();
      for (const [version, devices] of counts) {
        addTo(shown, named.has(version) ? version : null, devices);
      }
      return {
        at: new Date(atMs),
        counts: [...shown]
          .map(([version, devices]) => ({ version, devices }))
          .sort((a, b) => byVersion(a.version, b.version)),
      };
    }),
  };
}

/** Natural order, 1.9 before 1.10; unnamed versions last. */
function byVersion(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareNaturally(a, b);
}
