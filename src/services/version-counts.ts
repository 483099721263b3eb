/** Devices that run a version; `null` for those that tell none, and for all beyond the most frequent. */
export interface VersionCount {
  readonly version: string | null;
  readonly devices: number;
}

/** Devices name their version themselves: nobody can make an answer endless. */
const maxVersions = 20;

/** The most frequent versions first; the rest counts as `null`, with those that are not known. */
export function mostFrequent(versions: ReadonlyMap<string | null, number>): readonly VersionCount[] {
  const named = [...versions]
    .flatMap(([version, devices]) => (version === null ? [] : [{ version, devices }]))
    .sort((a, b) => b.devices - a.devices || (a.version < b.version ? -1 : 1));
  const others = named
    .slice(maxVersions)
    .reduce((sum, { devices }) => sum + devices, versions.get(null) ?? 0);
  return [...named.slice(0, maxVersions), ...(others === 0 ? [] : [{ version: null, devices: others }])];
}
