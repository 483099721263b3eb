import type { AssignmentWindow } from './assignment-window';

/**
 * How a device takes the bundle to which it is pinned, in hawkBit's words:
 * - `forced`: it downloads and installs
 * - `soft`: likewise, but at a time that suits it
 * - `downloadonly`: it downloads, but does not install
 */
export const pinKinds = ['forced', 'soft', 'downloadonly'] as const;
export type PinKind = (typeof pinKinds)[number];

/** The terms of a pin that an assignment made. */
export interface PinTerms {
  readonly kind: PinKind;
  /** When a soft pin becomes forced; left out for never. */
  readonly forcedAt?: Date;
  /** The device downloads at once, and installs while the window is open; `null` for any time. */
  readonly window: AssignmentWindow | null;
}

/** The terms of a pin that has none of its own. */
export const plainTerms: PinTerms = { kind: 'forced', window: null };

/** The kind of a pin at a given time: a soft one may have become forced. */
export function kindAt({ kind, forcedAt }: PinTerms, at: Date): PinKind {
  return kind === 'soft' && forcedAt !== undefined && at >= forcedAt ? 'forced' : kind;
}

/** What a device is pinned to. */
interface Pinned {
  readonly bundleName: string;
  readonly terms?: PinTerms;
}

/** Whether a device is pinned as it was: it may have been pinned again meanwhile, even to the same bundle. */
export function isSamePin(one: MadePin, other: MadePin): boolean {
  return one.bundleName === other.bundleName && one.at.getTime() === other.at.getTime();
}

interface MadePin {
  readonly bundleName: string;
  readonly at: Date;
}

/** The terms under which a device has an installation. @param pin of the device */
export function termsOf(
  pin: Pinned | null,
  installation: { readonly releaseId: number | null; readonly bundleName: string },
): PinTerms {
  const isPinned = installation.releaseId === null && pin?.bundleName === installation.bundleName;
  return isPinned ? (pin.terms ?? plainTerms) : plainTerms;
}
