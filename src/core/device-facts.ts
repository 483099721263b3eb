/** What a device reports about itself. None of it is proven, and every part may be missing. */
export interface DeviceFacts {
  readonly compatible: string | null;
  readonly variant: string | null;
  readonly serial: string | null;
  readonly machineId: string | null;
  /** The kernel's boot id: it changes with each boot. */
  readonly bootId: string | null;
  /** The version that runs. */
  readonly systemVersion: string | null;
  readonly uptimeSeconds: number | null;
  /**
   * Custom `RAUC-*` headers, by their name without the prefix, in lower case, and whatever else the device is configured to
   * report.
   */
  readonly attributes: Readonly<Record<string, string>>;
}

export const noFacts: DeviceFacts = {
  compatible: null,
  variant: null,
  serial: null,
  machineId: null,
  bootId: null,
  systemVersion: null,
  uptimeSeconds: null,
  attributes: {},
};
