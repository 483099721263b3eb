/**
 * Whether a request names exactly one host (RFC 9112, section 3.2; RFC 9113, section 8.3.1). If it named two, a proxy on the way may have
 * checked the other one.
 * @param rawHeaders names and values in turn
 * @param inTarget the host of a request target in absolute form
 */
export function namesOneHost(rawHeaders: readonly string[], inTarget?: string): boolean {
  let named = inTarget === undefined ? undefined : canonical(inTarget);
  let hostLines = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const isHost = name.length === 4 && name.toLowerCase() === 'host';
    if (!isHost && name !== ':authority') continue;
    if (isHost) hostLines += 1;
    const value = canonical(rawHeaders[index + 1] ?? '');
    if (hostLines > 1 || (named !== undefined && named !== value)) return false;
    named = value;
  }
  return true;
}

function canonical(authority: string): string {
  return authority.trim().toLowerCase().replace(/:443$/, '');
}
