import type { CliContext } from './context';
import { formatSize } from './printable';
import type { Output } from './wiring';

const redrawMs = 100;
const barWidth = 24;

/** Flags that suppress a progress line. */
interface Talk {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A line on a terminal that shows the progress of a long task; without colours. */
export class ProgressLine {
  private readonly startedAtMs: number;
  private drawnAtMs = -Infinity;

  /**
   * @param totalBytes `null` when the size is unknown
   * @param nowMs any clock in milliseconds
   * @param doneBefore bytes that were done at the start; they do not count towards the speed
   */
  constructor(
    private readonly output: Output,
    private readonly totalBytes: number | null,
    private readonly nowMs: () => number,
    private readonly atEnd: string,
    private readonly doneBefore = 0,
  ) {
    this.startedAtMs = nowMs();
  }

  /**
   * Creates a progress line if a person will see it; in a log, its lines would only pile up.
   * @param totalBytes `null` when the size is unknown
   * @param atEnd the text to show once all bytes are done
   * @param doneBefore bytes that are already done
   */
  static whereSeen(
    { terminal, surroundings }: CliContext,
    totalBytes: number | null,
    { json, quiet }: Talk,
    atEnd: string,
    doneBefore = 0,
  ): ProgressLine | undefined {
    const isSeen = terminal.stderr.isTTY === true && surroundings.env['TERM'] !== 'dumb';
    if (!isSeen || json === true || quiet === true) return undefined;
    const nowMs = () => surroundings.now().getTime();
    return new ProgressLine(terminal.stderr, totalBytes, nowMs, atEnd, doneBefore);
  }

  /** @param isLast whether these are all bytes, if the total is unknown */
  update(doneBytes: number, isLast = this.totalBytes !== null && doneBytes >= this.totalBytes): void {
    const nowMs = this.nowMs();
    if (!isLast && nowMs - this.drawnAtMs < redrawMs) return;
    this.drawnAtMs = nowMs;
    this.draw(isLast ? this.atEnd : this.describe(doneBytes, nowMs));
  }

  /** Removes the line. */
  clear(): void {
    this.draw('');
  }

  private describe(doneBytes: number, nowMs: number): string {
    const seconds = (nowMs - this.startedAtMs) / 1000;
    const rate = seconds > 0 ? (doneBytes - this.doneBefore) / seconds : 0;
    const speed = rate > 0 ? [`${formatSize(rate)}/s`] : [];
    if (this.totalBytes === null) return [formatSize(doneBytes), ...speed].join('  ');
    const share = doneBytes / this.totalBytes;
    const filled = Math.round(share * barWidth);
    return [
      `${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}`,
      `${Math.floor(share * 100)} %`,
      `${formatSize(doneBytes)} of ${formatSize(this.totalBytes)}`,
      ...speed,
      ...(rate > 0 ? [`${formatClock((this.totalBytes - doneBytes) / rate)} left`] : []),
    ].join('  ');
  }

  /** Narrower than the terminal: a line that wraps could not be erased. */
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
