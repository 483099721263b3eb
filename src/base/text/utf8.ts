/**
 * Decodes UTF-8.
 * @param mark how a byte order mark at the start is treated
 * @returns `undefined` for bytes that are not UTF-8; replacement characters are never inserted
 */
export function decodeUtf8(bytes: Uint8Array, mark: 'drop' | 'keep' = 'drop'): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: mark === 'keep' }).decode(bytes);
  } catch {
    return undefined;
  }
}
