/** A line of a channel's history, as far as it matters here. */
interface HistoryLine {
  readonly action: 'activate' | 'deactivate';
  readonly bundleName: string | null;
  /** The release that the line made or brought back. */
  readonly releaseId: number | null;
}

/** A line that made a release. */
type Made<Line extends HistoryLine> = Line & { readonly bundleName: string; readonly releaseId: number };

/**
 * The releases of a channel that going back may lead to, the nearest first. A release that was brought back stands where it stood
 * before, and so does a bundle that was made current again by hand: going back twice leads two releases back, not to and fro. Of
 * one bundle the latest release counts.
 * @param history of the channel, newest first
 * @param isCurrent whether anything is current there now; else the last one is the one before
 */
export function releasesBefore<Line extends HistoryLine>(
  history: readonly Line[],
  isCurrent: boolean,
): readonly Made<Line>[] {
  const stack: Made<Line>[] = [];
  for (const line of [...history].reverse()) {
    const { action, bundleName, releaseId } = line;
    if (action === 'deactivate' || bundleName === null || releaseId === null) continue;
    const place = stack.findIndex((one) => one.releaseId === releaseId);
    if (place !== -1) {
      stack.length = place + 1;
      continue;
    }
    if (stack.at(-1)?.bundleName === bundleName) stack.pop();
    else if (stack.at(-2)?.bundleName === bundleName) stack.splice(-2);
    stack.push({ ...line, bundleName, releaseId });
  }
  const current = isCurrent ? stack.pop()?.bundleName : undefined;
  return stack.filter(({ bundleName }) => bundleName !== current).reverse();
}
