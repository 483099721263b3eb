const maxSeconds = 24 * 3_600 - 1;

/** A time as `HH:MM:SS`. Clients reject zero, and a day or more. @param ms how long to sleep */
export function sleepOf(ms: number): string {
  const seconds = Math.min(maxSeconds, Math.max(1, Math.round(ms / 1_000)));
  return [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
}
