import type { BootChange } from './contact';

/** What a contact reveals about an installation. */
export interface Evidence {
  readonly at: Date;
  /** RAUC's name for an attempt at this installation's bundle; `null` for a poll and everything else. */
  readonly transactionId: string | null;
  /** Whether the device only asks for updates, and does not begin, download or report. */
  readonly isPoll: boolean;
  /** Only with `isPoll`: set if RAUC's own poller asks; `null` for any other client. */
  readonly native: {
    /** The ETag of the bundle it accepted last, from If-None-Match; `null` without that header. */
    readonly knownEtag: string | null;
  } | null;
  /** Left out for `false`. @see Contact.reportsWriting */
  readonly reportsWriting?: true;
  /** Whether the device has booted since its previous contact. */
  readonly boot: BootChange;
  /** `null` when the device does not report it. */
  readonly bootId: string | null;
  /** The slot that runs, as the device names it; `null` when it does not report it. */
  readonly slot: string | null;
  /** The version that runs; `null` when the device does not report it. */
  readonly systemVersion: string | null;
}

export interface ProofRules {
  /** How long after an installation began, or was proven, a boot into the old version counts as a rollback, in milliseconds. */
  readonly rollbackWindowMs: number;
  /** After how many polls without a begin people are told that the device does not take the bundle. */
  readonly patiencePolls: number;
  /** After how many polls of RAUC's own poller without a boot a stopped installation counts as failed; 0 for never. */
  readonly failAfterPolls: number;
  /** How long an installation may show no progress before nothing more is expected of it, in milliseconds. */
  readonly stalledAfterMs: number;
}
