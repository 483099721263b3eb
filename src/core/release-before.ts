/** A line of a channel's history, as far as it matters here. */
interface HistoryLine {
  readonly action: 'activate' | 'deactivate';
  readonly bundleName: string | null;
}

/**
 * What was current on a channel before the present release. Making the one before current again counts as going back: going
 * back twice leads two releases back, not to and fro.
 * @param history of the channel, newest first
 * @param isCurrent whether anything is current there now; else the last one is the one before
 */
export function releaseBefore<Line extends HistoryLine>(
  history: readonly Line[],
  isCurrent: boolean,
): (Line & { readonly bundleName: string }) | undefined {
  const stack: (Line & { readonly bundleName: string })[] = [];
  for (const line of [...history].reverse()) {
    const { action, bundleName } = line;
    if (action === 'deactivate' || bundleName === null) continue;
    if (stack.at(-1)?.bundleName === bundleName) continue;
    if (stack.at(-2)?.bundleName === bundleName) stack.pop();
    else stack.push({ ...line, bundleName });
  }
  return stack.at(isCurrent ? -2 : -1);
}
