/** A summary of some samples. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws Error when there are none */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (index: number) => {
    const sample = sorted[index];
    if (sample === undefined) throw new Error('there are no samples');
    return sample;
  };
  const middle = (sorted.length - 1) / 2;
  return {
    min: at(0),
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    max: at(sorted.length - 1),
  };
}

/** The ratios of samples taken right after each other, round by round: a machine that slows down affects both. */
export function pairedRatios(ones: readonly number[], others: readonly number[]): readonly number[] {
  if (ones.length !== others.length) throw new Error('these samples are not pairs');
  return ones.map((one, round) => one / (others[round] ?? NaN));
}
