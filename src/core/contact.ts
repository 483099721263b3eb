import type { DeviceFacts } from './device-facts';

/** Told attributes are put beside the known ones, take the place of all of them, or name those that go. */
export type AttributeMode = 'merge' | 'replace' | 'remove';

/** What one request of a device tells. A part that the request does not mention is missing: it then stays as it was. */
export interface Contact {
  readonly at: Date;
  readonly address: string | null;
  /** `h2` or `http/1.1`. */
  readonly protocol: string;
  readonly facts: Partial<DeviceFacts>;
  /** RAUC's name for one attempt to install; polls have none. */
  readonly transactionId: string | null;
  /** How the attributes known so far are treated; default: `merge`. */
  readonly attributes?: AttributeMode;
  /** RAUC's own poller asks, or begins to install; left out for everything else. */
  readonly isPoller?: boolean;
}

/** The slot that runs, as the kit's `RAUC-Slot` or a device maker's own header of that name tells it; `null` without. */
export function slotOf({ attributes }: Partial<Pick<DeviceFacts, 'attributes'>>): string | null {
  return attributes?.['slot'] ?? null;
}

/** What is known after a contact. Attributes are updated one by one, unless the device says otherwise. */
export function mergeFacts(
  known: DeviceFacts,
  told: Partial<DeviceFacts>,
  mode: AttributeMode = 'merge',
): DeviceFacts {
  return { ...known, ...told, attributes: changeAttributes(known.attributes, told.attributes ?? {}, mode) };
}

function changeAttributes(
  known: DeviceFacts['attributes'],
  told: DeviceFacts['attributes'],
  mode: AttributeMode,
): DeviceFacts['attributes'] {
  switch (mode) {
    case 'merge':
      return mergeAttributes(known, told);
    case 'replace':
      return told;
    case 'remove':
      return Object.fromEntries(Object.entries(known).filter(([name]) => !Object.hasOwn(told, name)));
  }
}

/** The known ones themselves when nothing is new: a fleet's polls then leave less behind to clean up. */
function mergeAttributes(
  known: DeviceFacts['attributes'],
  told: DeviceFacts['attributes'],
): DeviceFacts['attributes'] {
  const isKnown = Object.keys(told).every((name) => known[name] === told[name]);
  return isKnown ? known : { ...known, ...told };
}

/** How a device's boot relates to the one that was known before. */
export type BootChange = 'same' | 'new' | 'unknown';

/** A little less precise than clocks are. */
const uptimeSlackSeconds = 5;

/**
 * Tells whether a device has booted since it was heard before: by its boot id, else by an uptime that is shorter than the
 * time that has passed.
 * @param before what was known, and when it was heard; `null` when it was never heard
 */
export function bootChange(
  before: Pick<DeviceFacts, 'bootId' | 'uptimeSeconds'>,
  heardAt: Date | null,
  now: { readonly facts: Partial<Pick<DeviceFacts, 'bootId' | 'uptimeSeconds'>>; readonly at: Date },
): BootChange {
  const { bootId, uptimeSeconds } = now.facts;
  if (bootId != null && before.bootId !== null) return bootId === before.bootId ? 'same' : 'new';
  if (uptimeSeconds == null || heardAt === null) return 'unknown';
  const passedSeconds = (now.at.getTime() - heardAt.getTime()) / 1000;
  if (uptimeSeconds + uptimeSlackSeconds < passedSeconds) return 'new';
  if (before.uptimeSeconds === null) return 'unknown';
  // Also when the clock was set: an uptime only falls by a boot.
  return uptimeSeconds + uptimeSlackSeconds < before.uptimeSeconds ? 'new' : 'same';
}
