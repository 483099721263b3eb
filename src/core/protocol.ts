/** What a protocol can carry to its devices, as data for `decideOffer`. */
export interface ProtocolLimits {
  /** Bundles in plain format, which cannot be streamed. */
  readonly carriesPlain: boolean;
  /** Bundles in crypt format that are not encrypted. */
  readonly carriesUnencryptedCrypt: boolean;
  /** Bundles whose manifest has no version. */
  readonly carriesUnversioned: boolean;
  /** Its devices can report how an installation ended. Otherwise downloads count as tries if nothing else shows the end. */
  readonly tellsOutcome: boolean;
  /**
   * Its devices do one installation at a time, identify it by number, and answer when it is cancelled. An installation that has
   * begun is cancelled before another replaces it, and one reported as installed is not begun again.
   */
  readonly followsNumbers?: true;
  /** Its devices are told to download before the maintenance window of a rollout opens, and to install only then. */
  readonly downloadsAhead?: true;
  /** Its devices are told whether and when to install an assignment. */
  readonly tellsTerms?: true;
  /** Opaque files, which are not RAUC bundles. */
  readonly carriesOpaque?: true;
}

/** Of a protocol that carries every bundle. */
export const noLimits: ProtocolLimits = {
  carriesPlain: true,
  carriesUnencryptedCrypt: true,
  carriesUnversioned: true,
  tellsOutcome: true,
};

/** Of a protocol that carries opaque files, too, but cannot tell terms. */
export const withoutTerms: ProtocolLimits = { ...noLimits, carriesOpaque: true };

/** Of a protocol that carries opaque files, too, and tells terms. */
export const noLimitsAtAll: ProtocolLimits = { ...withoutTerms, tellsTerms: true };

/** A protocol that devices use to ask what to install. */
export interface OfferingProtocol {
  /** As metrics and explanations name it: lower case, words joined by hyphens. */
  readonly name: string;
  readonly limits: ProtocolLimits;
}

/** Whether a protocol carries bundles of every kind. */
export function carriesAll(limits: ProtocolLimits): boolean {
  return limits.carriesPlain && limits.carriesUnencryptedCrypt && limits.carriesUnversioned;
}
