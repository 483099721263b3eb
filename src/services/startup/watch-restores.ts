import type { Hold } from '../../core/device';
import { theServer } from '../../core/event';
import {
  evidenceLastsMs,
  isDecision,
  judgeMarker,
  type Marker,
  RestoreEvidence,
  witnessesNeeded,
} from '../../core/restore';
import type { Fleet } from '../devices/fleet';
import type { Log } from '../../ports/log';
import type { JournalRecords } from '../../ports/journal';
import type { RandomBytes } from '../../ports/randomness';
import type { DatabaseMarker, RestoreRecords } from '../../ports/restores';
import type { Clock } from '../../ports/clock';

export interface WatchRestoresPorts {
  readonly restores: RestoreRecords;
  readonly databaseMarker: DatabaseMarker;
  readonly journal: Pick<JournalRecords, 'listen'>;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
  readonly now: Clock;
}

/** Notices that the database is an older copy, before it makes a fleet go backwards. */
export interface WatchRestores {
  /** Hears which bundle a device names, by its hash: in an ETag or a pinned URL. */
  hear(deviceId: string, sha256: string): void;
  /** What every device is held by until rollouts and pins are stopped; `null` in quiet times. */
  hold(): Hold | null;
  /** Does what is due, and tries again what failed. Never rejects. */
  settle(): Promise<void>;
  /** Names what stops offers, and the fleet to ask about devices. */
  begin(ports: {
    readonly fleet: Pick<Fleet, 'find'>;
    readonly suspend: (reason: string) => Promise<void>;
  }): void;
  /** Hears of no more decisions. */
  close(): void;
}

interface Suspicion {
  readonly reason: string;
  /** What devices named; `null` when the marker told. */
  readonly named: string | null;
  readonly at: Date;
  isKept: boolean;
  isSuspended: boolean;
}

/** Hashes that are known to be known: as many as there are bundles, at the most. */
const maxRemembered = 10_000;

/** Looks at database and marker, before anything is decided on them. @throws DomainError `storage-full`, `unavailable` */
export async function createWatchRestores(ports: WatchRestoresPorts): Promise<WatchRestores> {
  const { restores, databaseMarker, journal, randomBytes, log, now } = ports;
  const newId = () => randomBytes(16).toString('hex');
  const found = await databaseMarker.read();
  const known = await restores.identity(newId());
  let { id, decision } = known;
  let suspicion: Suspicion | null = null;
  /** What the marker says; `null` when it does not name this database yet. */
  let written: Marker | null = null;
  let begun: Parameters<WatchRestores['begin']>[0] | null = null;
  let running: Promise<void> | undefined;
  let isFailing = false;
  let alarmedAtMs = -Infinity;
  const evidence = new RestoreEvidence();
  const knownHashes = new Set<string>();

  function suspect(reason: string, named: string | null): void {
    log.error({ reason }, `${reason}: every rollout is paused until a person resumes it`);
    suspicion = { reason, named, at: now(), isKept: false, isSuspended: false };
  }

  /** What is on disk already is not written again. */
  async function keep(open: Suspicion): Promise<void> {
    if (open.isKept) return;
    const next = newId();
    await restores.suspect(next, open.reason, open.named, open.at);
    id = next;
    written = null;
    open.isKept = true;
  }

  async function writeMarker(): Promise<void> {
    while (written?.id !== id || written.decision !== decision) {
      const marker = { id, decision };
      const isFirst = written?.id !== id;
      await databaseMarker.write(marker);
      if (isFirst) await restores.marked();
      written = marker;
    }
  }

  async function settle(): Promise<void> {
    try {
      const open = suspicion;
      if (open !== null) {
        await keep(open);
        if (!open.isSuspended) await begun?.suspend(open.reason);
        open.isSuspended = begun !== null;
        if (!open.isSuspended) return;
      }
      await writeMarker();
      if (suspicion === open) suspicion = null;
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error({ err: error }, 'the marker of the database can not be brought up to date');
      isFailing = true;
    }
  }

  /** One at a time; who comes while it runs waits for the next run, which sees what it brings. */
  function settleSoon(): Promise<void> {
    const next = (running ?? Promise.resolve()).then(settle).finally(() => {
      if (running === next) running = undefined;
    });
    running = next;
    return next;
  }

  const reason = known.suspicion ?? judgeMarker(known, found);
  if (reason !== null) {
    suspect(reason, null);
    await settle(); // before anything is read that it changes
  } else if (typeof found === 'object' && known.isMarked) written = found;
  const stopListening = journal.listen((events) => {
    const last = events.filter(isDecision).at(-1);
    if (last === undefined) return;
    decision = last.id;
    void settleSoon();
  });

  return {
    hear(deviceId, sha256) {
      if (knownHashes.has(sha256)) return;
      const device = begun?.fleet.find(deviceId)?.device;
      // Who was never heard before may have come from another server.
      if (device === undefined || device.lastContactAt === null || device.admission !== 'admitted') return;
      if (restores.isKnownHash(sha256)) {
        if (knownHashes.size < maxRemembered) knownHashes.add(sha256);
        return;
      }
      const at = now();
      const isEnough = evidence.hear(deviceId, sha256, at, restores.heardDevices(witnessesNeeded));
      const mayAlarm = Math.abs(at.getTime() - alarmedAtMs) >= evidenceLastsMs;
      if (!isEnough || !mayAlarm || suspicion !== null) return;
      alarmedAtMs = at.getTime();
      const named = `SHA-256 ${sha256.slice(0, 16)}…`;
      suspect(
        `devices name a bundle that this database never had (${named}): it may be an older copy`,
        sha256,
      );
      void settleSoon();
    },
    hold: () =>
      suspicion === null || suspicion.isSuspended ? null : heldFor(suspicion.reason, suspicion.at),
    settle: settleSoon,
    begin(later) {
      begun = later;
    },
    close: stopListening,
  };
}

function heldFor(reason: string, at: Date): Hold {
  return { reason, by: theServer.name, at };
}
