import type { Clock } from '../../../ports/clock';

/**
 * Lets the first of many lines through, then one a period that counts the others: what strangers do must not fill the disk.
 * @param periodMs between two lines
 */
export function boundedLine(
  write: (facts: object, message: string) => void,
  now: Clock,
  periodMs: number,
): (facts: object, message: string) => void {
  let quietUntilMs = -Infinity;
  let leftOut = 0;
  return (facts, message) => {
    const nowMs = now().getTime();
    if (nowMs < quietUntilMs && nowMs >= quietUntilMs - periodMs) {
      leftOut += 1;
      return;
    }
    write(leftOut === 0 ? facts : { ...facts, leftOut }, message);
    quietUntilMs = nowMs + periodMs;
    leftOut = 0;
  };
}
