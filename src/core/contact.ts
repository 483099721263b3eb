import type { DeviceFacts } from './device-facts';

/** Whether reported attributes are added to the known ones, replace all of them, or name those to remove. */
export type AttributeMode = 'merge' | 'replace' | 'remove';

/** What one request of a device reports. A part that the request does not mention is left out, and stays as it was. */
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
  /**
   * The device's client reports a percentage as soon as it writes, or the outcome after the boot: before either, nothing is written. Left out
   * for `false`.
   */
  readonly reportsWriting?: true;
}

/** The slot that runs, from the `RAUC-Slot` header of the kit or of the device's maker; `null` without that header. */
export function slotOf({ attributes }: Partial<Pick<DeviceFacts, 'attributes'>>): string | null {
  return attributes?.['slot'] ?? null;
}

/** What is known after a contact. Attributes are updated one by one, unless the device asks otherwise. */
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

/** Returns the known object itself when nothing is new, which leaves less garbage after a fleet's polls. */
function mergeAttributes(
  known: DeviceFacts['attributes'],
  told: DeviceFacts['attributes'],
): DeviceFacts['attributes'] {
  const isKnown = Object.keys(told).every((name) => known[name] === told[name]);
  return isKnown ? known : { ...known, ...told };
}

/** How a device's boot relates to the one that was known before. */
export type BootChange = 'same' | 'new' | 'unknown';

/** Allows for some imprecision of clocks. */
const uptimeSlackSeconds = 5;

/**
 * Tells whether a device has booted since its previous contact: by its boot id, or else by an uptime shorter than the time that
 * has passed.
 * @param before what was known, and when the device was last heard from; `null` if never
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
  // This holds even if the clock was set: only a boot lowers an uptime.
  return uptimeSeconds + uptimeSlackSeconds < before.uptimeSeconds ? 'new' : 'same';
}
