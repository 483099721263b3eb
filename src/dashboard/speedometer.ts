const windowMs = 3_000;

/** Bytes per second over the last seconds. */
export function speedometer(): (sentBytes: number) => number | null {
  const marks: { at: number; sent: number }[] = [];
  return (sent) => {
    const at = performance.now();
    marks.push({ at, sent });
    while (marks.length > 2 && (marks[0]?.at ?? at) < at - windowMs) marks.shift();
    const first = marks[0];
    if (first === undefined || at - first.at < 200) return null;
    return ((sent - first.sent) / (at - first.at)) * 1000;
  };
}
