import type { Bundle } from './bundle';
import { defaultChannel, type Release } from './release';

/** What a device says when it asks, as far as the offer depends on it. */
export interface AskingDevice {
  readonly id: string;
  /** What it asked for; `null` when it did not say and the server has no default. */
  readonly compatible: string | null;
  /** What its certificate is bound to; empty means no binding. */
  readonly boundCompatibles: readonly string[];
}

export type NothingReason = 'no-compatible' | 'not-its-compatible' | 'no-release';

/** What the server answers one device now: a bundle, or nothing with a reason that people can read. */
export type Offer =
  | {
      readonly kind: 'bundle';
      readonly compatible: string;
      readonly bundle: Bundle;
      readonly release: Release;
    }
  | {
      readonly kind: 'nothing';
      readonly compatible: string;
      readonly reason: NothingReason;
      readonly message: string;
    };

/**
 * Decides what a device gets. Every door translates this answer, none decides.
 * @param releases the releases that may concern the device; others are ignored
 */
export function decideOffer(device: AskingDevice, releases: readonly Release[]): Offer {
  const compatible = device.compatible;
  if (compatible === null) {
    return nothing(
      '',
      'no-compatible',
      'the device did not name its compatible and the server has no default one',
    );
  }
  if (device.boundCompatibles.length > 0 && !device.boundCompatibles.includes(compatible)) {
    return nothing(
      compatible,
      'not-its-compatible',
      `the device's certificate is bound to other compatibles than ${compatible}`,
    );
  }
  const release = releases.find((r) => r.compatible === compatible && r.channel === defaultChannel);
  if (release === undefined) {
    return nothing(compatible, 'no-release', `nothing is released for ${compatible}`);
  }
  return { kind: 'bundle', compatible, bundle: release.bundle, release };
}

function nothing(compatible: string, reason: NothingReason, message: string): Offer {
  return { kind: 'nothing', compatible, reason, message };
}
