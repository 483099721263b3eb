/**
 * Decodes UTF-8.
 * @param mark how a byte order mark at the start is treated
 * @returns `undefined` for what is not UTF-8: nothing is ever replaced by a question mark
 */
export function decodeUtf8(bytes: Uint8Array, mark: 'drop' | 'keep' = 'drop'): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: mark === 'keep' }).decode(bytes);
  } catch {
    return undefined;
  }
}
