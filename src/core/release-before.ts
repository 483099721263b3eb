/** The parts of a line of a channel's history that matter here. */
interface HistoryLine {
  readonly action: 'activate' | 'deactivate';
  readonly bundleName: string | null;
  /** The release that the line made or brought back. */
  readonly releaseId: number | null;
}

/** A line that made a release. */
type Made<Line extends HistoryLine> = Line & { readonly bundleName: string; readonly releaseId: number };

/**
 * The releases of a channel to which one can go back, the nearest first. A release that was brought back keeps its old place, and
 * so does a bundle that was made current again by hand, so going back twice leads two releases back. For each bundle only the
 * latest release counts.
 * @param history of the channel, newest first
 * @param isCurrent whether anything is current there now; otherwise the last release counts as the previous one
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
