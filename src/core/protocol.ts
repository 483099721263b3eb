/** What a protocol can carry to its devices: `decideOffer` gets it as data. */
export interface ProtocolLimits {
  /** Bundles in plain format, which cannot be streamed. */
  readonly carriesPlain: boolean;
  /** Bundles in crypt format that are not encrypted. */
  readonly carriesUnencryptedCrypt: boolean;
  /** Bundles whose manifest has no version. */
  readonly carriesUnversioned: boolean;
  /** Its devices can tell how an installation ended. Without that, downloads count as tries where nothing else tells it. */
  readonly tellsOutcome: boolean;
}

/** Of a protocol that carries every bundle. */
export const noLimits: ProtocolLimits = {
  carriesPlain: true,
  carriesUnencryptedCrypt: true,
  carriesUnversioned: true,
  tellsOutcome: true,
};

/** A protocol by which devices ask what to install. */
export interface OfferingProtocol {
  /** As metrics and explanations name it: lower case, words joined by hyphens. */
  readonly name: string;
  readonly limits: ProtocolLimits;
}

/** Whether a protocol carries bundles of every kind. */
export function carriesAll(limits: ProtocolLimits): boolean {
  return limits.carriesPlain && limits.carriesUnencryptedCrypt && limits.carriesUnversioned;
}
