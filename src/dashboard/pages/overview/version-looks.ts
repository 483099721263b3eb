/**
 * The colours of versions, so that one version has one colour everywhere on the page. The current one has the first colour, whether
 * or not a device runs it.
 */
export function versionLooks(
  current: string | null,
  versions: readonly (string | null)[],
): ReadonlyMap<string, string> {
  const others = new Set(versions.filter((version) => version !== null && version !== current));
  return new Map([
    ...(current === null ? [] : [[current, seriesLook(0)] as const]),
    ...[...others].map((version, index) => [version ?? '', seriesLook(index + 1)] as const),
  ]);
}

/** Colours for different things without an order; the first ones differ most. */
function seriesLook(index: number): string {
  return index < 6 ? `series-${index + 1}` : 'series-rest';
}
