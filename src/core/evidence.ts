import type { BootChange } from './contact';

/** What a contact tells about an installation. */
export interface Evidence {
  readonly at: Date;
  /** RAUC's name for an attempt at this installation's bundle; `null` for a poll and everything else. */
  readonly transactionId: string | null;
  /** It asks what there is, and neither begins, downloads nor reports. */
  readonly isPoll: boolean;
  /** Only with `isPoll`: RAUC's own poller asks. `null` for any other client. */
  readonly native: {
    /** The ETag of the bundle it accepted last, from If-None-Match; `null` without that header. */
    readonly knownEtag: string | null;
  } | null;
  /** Whether the device has booted since the contact before. */
  readonly boot: BootChange;
  /** `null` when the device does not tell. */
  readonly bootId: string | null;
  /** The slot that runs, as the device names it; `null` when it does not tell. */
  readonly slot: string | null;
  /** The version that runs; `null` when the device does not tell. */
  readonly systemVersion: string | null;
}

export interface ProofRules {
  /** How long after its begin, or its proof, a boot into the old version counts as a rollback, in milliseconds. */
  readonly rollbackWindowMs: number;
  /** After so many polls without a begin a person is told that the device does not take the bundle. */
  readonly patiencePolls: number;
  /** After so many polls of RAUC's own poller without a boot, what stopped has failed; 0 for never. */
  readonly failAfterPolls: number;
  /** After so long without a sign of progress nothing is expected any more, in milliseconds. */
  readonly stalledAfterMs: number;
}
