/**
 * The controller id in an address of hawkBit's device protocol; `undefined` for any other address. It says only who claims to ask: the
 * protocol compares its own reading with the device that was proven.
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
