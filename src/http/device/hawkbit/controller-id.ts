/**
 * The controller id in an address of hawkBit's device protocol; `undefined` for any other address. It is only a
 * claim: the protocol compares its own reading with the proven device.
 * @param target path and query, percent-encoded
 */
export function controllerIdOf(target: string): string | undefined {
  const [, encoded] = /^\/[^/?#]+\/controller\/v1\/([^/?#]+)(?:[/?#]|$)/.exec(target) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
