import {
  largestPieceBytes,
  SendPace,
  smallestPieceBytes,
} from '../../../../../src/http/device/transport/send-pace';

const mib = 1 << 20;

/** Takes so many bytes, each piece in so many milliseconds, and tells how large the pieces were. */
function take(pace: SendPace, totalBytes: number, tookMs = 1): readonly number[] {
  const sizes: number[] = [];
  for (let taken = 0; taken < totalBytes; taken += sizes.at(-1) ?? 0) {
    sizes.push(pace.pieceBytes);
    pace.taken(pace.pieceBytes, tookMs);
  }
  return sizes;
}

describe('the pace of a connection', () => {
  it('begins with small pieces, which grow with what was taken', () => {
    const pace = new SendPace();
    const sizes = take(pace, 64 * mib);
    expect(sizes[0]).toBe(smallestPieceBytes);
    expect(sizes.at(-1)).toBe(largestPieceBytes);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes.length).toBeLessThan(600);
  });

  it('has no large piece for a connection of which the kernel alone has taken bytes', () => {
    const pace = new SendPace();
    expect(Math.max(...take(pace, 4 * mib))).toBeLessThanOrEqual(64 << 10);
    expect(pace.readsAhead).toBe(false);
  });

  it('reads ahead for a fast connection alone', () => {
    const pace = new SendPace();
    take(pace, 16 * mib);
    expect(pace.readsAhead).toBe(true);
    pace.taken(largestPieceBytes, 1_001);
    expect(pace.readsAhead).toBe(false);
    expect(pace.pieceBytes).toBe(smallestPieceBytes);
  });

  it('sends short answers whole, but not on a slow connection', () => {
    const pace = new SendPace();
    expect(pace.firstPieceBytes(largestPieceBytes)).toBe(largestPieceBytes);
    expect(pace.firstPieceBytes(largestPieceBytes + 1)).toBe(smallestPieceBytes);
    pace.taken(smallestPieceBytes, 1_001);
    expect(pace.firstPieceBytes(largestPieceBytes)).toBe(smallestPieceBytes);
    expect(pace.firstPieceBytes(100)).toBe(100);
    pace.taken(smallestPieceBytes, 1_000);
    expect(pace.firstPieceBytes(largestPieceBytes)).toBe(largestPieceBytes);
  });
});
