import { formatSize } from './printable';
import type { Output } from './wiring';

const redrawMs = 100;
const barWidth = 24;

/** One line on a terminal that tells how far an upload is; without colours. */
export class ProgressLine {
  private readonly startedAtMs: number;
  private drawnAtMs = -Infinity;

  /** @param nowMs any clock in milliseconds */
  constructor(
    private readonly output: Output,
    private readonly totalBytes: number,
    private readonly nowMs: () => number,
  ) {
    this.startedAtMs = nowMs();
  }

  update(sentBytes: number): void {
    const nowMs = this.nowMs();
    const isLast = sentBytes >= this.totalBytes;
    if (!isLast && nowMs - this.drawnAtMs < redrawMs) return;
    this.drawnAtMs = nowMs;
    this.draw(isLast ? 'sent; the server is checking it' : this.describe(sentBytes, nowMs));
  }

  /** Removes the line. */
  clear(): void {
    this.draw('');
  }

  private describe(sentBytes: number, nowMs: number): string {
    const share = sentBytes / this.totalBytes;
    const seconds = (nowMs - this.startedAtMs) / 1000;
    const rate = seconds > 0 ? sentBytes / seconds : 0;
    const filled = Math.round(share * barWidth);
    const parts = [
      `${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}`,
      `${Math.floor(share * 100)} %`,
      `${formatSize(sentBytes)} of ${formatSize(this.totalBytes)}`,
    ];
    if (rate > 0)
      parts.push(`${formatSize(rate)}/s`, `${formatClock((this.totalBytes - sentBytes) / rate)} left`);
    return parts.join('  ');
  }

  /** Never as wide as the terminal: a line that wraps could not be taken back. */
  private draw(text: string): void {
    const { columns } = this.output;
    // Some terminals do not know their width and say 0.
    const width = columns === undefined || columns === 0 ? 80 : columns;
    this.output.write(`\r${text.slice(0, width - 1)}\u001b[K`);
  }
}

/** `3:07`, or `1:02:03` from an hour on. */
function formatClock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}` : `${minutes}:${twoDigits(rest)}`;
}
