import { RecentMap } from '../base/collections/recent-map';
import { circumstance } from './circumstances/catalogue';
import type { Actor } from './event';
import type { Circumstance } from './reasons/why';

/** What a database is: its random id, and how far people's decisions in it have come. */
export interface DatabaseIdentity {
  /** Another one after each restore. */
  readonly id: string;
  /** Number of the latest line of the journal that no device wrote; it grows with each decision. */
  readonly decision: number;
  /** Whether a marker has named this id. */
  readonly isMarked: boolean;
  /** The ids that it had before, where several servers can use it, each with a marker of its own; left out where one has it alone. */
  readonly earlierIds?: readonly string[];
}

/** Kept beside the database, not in it: which one last ran here, and the least it had reached. */
export type Marker = Pick<DatabaseIdentity, 'id' | 'decision'>;

/** The marker as it was found. */
export type FoundMarker = Marker | 'missing' | 'unreadable';

/**
 * Judges at the start whether the database is the one that ran here last. The marker is written after the commit that it names,
 * so that a kill leaves one that is behind, never one that is ahead.
 * @returns why it may be an older one; `null` when it is not
 */
export function judgeMarker(
  { id, decision, isMarked, earlierIds }: DatabaseIdentity,
  found: FoundMarker,
): Circumstance | null {
  if (found === 'missing' || found === 'unreadable') {
    // The first start, or the first with a version that knows markers, finds none.
    if (!isMarked) return null;
    // So does a further server.
    if (found === 'missing' && earlierIds !== undefined) return null;
    return circumstance(found === 'missing' ? 'marker-missing' : 'marker-damaged');
  }
  // Another server has noticed that restore, and every rollout was paused then.
  const isEarlier = earlierIds?.includes(found.id) === true;
  if (found.id !== id && !isEarlier) return circumstance('database-replaced');
  if (found.decision > decision) return circumstance('database-older');
  return null;
}

/** Whether a line of the journal is a decision, by people or the server, and not something a device did. */
export function isDecision({ actor }: { readonly actor: Actor }): boolean {
  return !actor.name.startsWith('device:');
}

/** This many devices must name the same hash. A smaller fleet must be unanimous. */
export const witnessesNeeded = 3;
/** A hash named longer ago is no longer evidence. */
export const evidenceLastsMs = 86_400_000;
/** Of so many devices the latest word is kept. */
const maxWitnesses = 1_000;

/**
 * Collects hashes that devices name and this database never had: after the whole data folder was restored, devices still run what
 * they got before. A certified device may lie, so one alone proves nothing: {@link witnessesNeeded} devices must name the same
 * hash within a day, and only the latest hash of each counts.
 */
export class RestoreEvidence {
  /** By device, in the order of the last word. */
  readonly #words = new RecentMap<string, { readonly sha256: string; readonly atMs: number }>(maxWitnesses);

  /**
   * @param heardDevices how many devices are known, counted up to {@link witnessesNeeded}
   * @returns whether it is enough
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
