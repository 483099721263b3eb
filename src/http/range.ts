/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type RangeAnswer = { readonly kind: 'whole' } | { readonly kind: 'unsatisfiable' } | PartAnswer;

interface PartAnswer extends ByteRange {
  readonly kind: 'part';
}

const whole: RangeAnswer = { kind: 'whole' };

/**
 * Decides which bytes a Range header asks for (RFC 9110, section 14.2). A header that is malformed, in another unit,
 * or asks for several ranges is ignored, as the RFC allows: RAUC never sends one, and a wrong length would abort it.
 * @param sizeBytes the size of the whole, at least 1
 */
export function decideRange(header: string | undefined, sizeBytes: number): RangeAnswer {
  const match = header === undefined ? null : /^bytes=[ \t,]*(\d*)-(\d*)[ \t,]*$/i.exec(header);
  if (match === null) return whole;
  const [, first = '', last = ''] = match;
  if (first === '') return last === '' ? whole : suffix(Number(last), sizeBytes);
  // Numbers beyond 2^53 lose digits, but never become smaller than the size of a file.
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < start) return whole;
  return start < sizeBytes ? { kind: 'part', start, end } : { kind: 'unsatisfiable' };
}

function suffix(length: number, sizeBytes: number): RangeAnswer {
  if (length === 0) return { kind: 'unsatisfiable' };
  return { kind: 'part', start: Math.max(0, sizeBytes - length), end: sizeBytes - 1 };
}
