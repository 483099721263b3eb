import { RecentMap } from '../base/collections/recent-map';
import { circumstance } from './circumstances/catalogue';
import type { Actor } from './event';
import type { Circumstance } from './reasons/why';

/** The identity of a database: its random id, and its latest decision. */
export interface DatabaseIdentity {
  /** Replaced after each restore. */
  readonly id: string;
  /** Number of the latest line of the journal that no device wrote; it grows with each decision. */
  readonly decision: number;
  /** Whether a marker has named this id. */
  readonly isMarked: boolean;
  /**
   * Its earlier ids, if several servers can use it, each with its own marker; left out for a database that only one server uses.
   */
  readonly earlierIds?: readonly string[];
}

/** Stored beside the database: which database was last used here, and the decision that it had at least reached. */
export type Marker = Pick<DatabaseIdentity, 'id' | 'decision'>;

/** The marker as it was found. */
export type FoundMarker = Marker | 'missing' | 'unreadable';

/**
 * Judges at the start whether the database is the one that ran here last. The marker is written after the commit that it names,
 * so a killed server leaves a marker that is behind, never one that is ahead.
 * @returns why it may be an older copy; `null` when it is not
 */
export function judgeMarker(
  { id, decision, isMarked, earlierIds }: DatabaseIdentity,
  found: FoundMarker,
): Circumstance | null {
  if (found === 'missing' || found === 'unreadable') {
    // The first start, or the first with a version that knows markers, finds none.
    if (!isMarked) return null;
    // A further server finds none either.
    if (found === 'missing' && earlierIds !== undefined) return null;
    return circumstance(found === 'missing' ? 'marker-missing' : 'marker-damaged');
  }
  // Another server has already noticed that restore and paused every rollout.
  const isEarlier = earlierIds?.includes(found.id) === true;
  if (found.id !== id && !isEarlier) return circumstance('database-replaced');
  if (found.decision > decision) return circumstance('database-older');
  return null;
}

/** Whether a line of the journal is a decision, by people or the server, and not something a device did. */
export function isDecision({ actor }: { readonly actor: Actor }): boolean {
  return !actor.name.startsWith('device:');
}

/** How many devices must name the same hash. A smaller fleet must be unanimous. */
export const witnessesNeeded = 3;
/** A hash named longer ago is no longer evidence. */
export const evidenceLastsMs = 86_400_000;
/** For how many devices the latest hash is kept. */
const maxWitnesses = 1_000;

/**
 * Collects hashes that devices name but this database never had. After the whole data folder was restored, devices still run what
 * they got before. A certified device may lie, so one alone proves nothing: {@link witnessesNeeded} devices must name the same
 * hash within a day, and only the latest hash of each counts.
 */
export class RestoreEvidence {
  /** By device, in the order of their latest hashes. */
  readonly #words = new RecentMap<string, { readonly sha256: string; readonly atMs: number }>(maxWitnesses);

  /**
   * @param heardDevices how many devices are known, counted up to {@link witnessesNeeded}
   * @returns whether the evidence is sufficient
   */
  hear(deviceId: string, sha256: string, at: Date, heardDevices: number): boolean {
    const atMs = at.getTime();
    this.#words.set(deviceId, { sha256, atMs });
    let witnesses = 0;
    for (const [, word] of this.#words.entries())
      if (word.sha256 === sha256 && Math.abs(atMs - word.atMs) < evidenceLastsMs) witnesses += 1;
    return witnesses >= Math.min(witnessesNeeded, Math.max(1, heardDevices));
  }
}
