import { plain, type ValueType } from './value-type';

/** Values are integers, so that each can be written without a fraction; the first scale that allows it is used. */
function scaled(
  name: string,
  accepts: string,
  scales: readonly (readonly [unit: string, factor: number])[],
  range: { readonly min: number; readonly max: number },
  isUnitOptional: boolean,
): ValueType<number> {
  return {
    name,
    accepts,
    parse: (value) => {
      const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Za-z]*)$/.exec(value);
      const [, digits = '', unit = ''] = match ?? [];
      const factor =
        unit === '' && isUnitOptional
          ? 1
          : scales.find(([known]) => known.toLowerCase() === unit.toLowerCase())?.[1];
      if (match === null || factor === undefined) return undefined;
      const amount = Math.floor(Number(digits) * factor);
      return amount >= range.min && amount <= range.max ? amount : undefined;
    },
    format: (value) => {
      const [unit, factor] = scales.find(([, f]) => value >= f && value % f === 0) ??
        scales.at(-1) ?? ['', 1];
      return `${value / factor}${unit}`;
    },
  };
}

const sizeScales = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
  ['B', 1],
] as const;

/** Bytes. */
export const size = scaled(
  'size',
  'a size such as 16GiB, 600MB or a plain number of bytes, at least 1',
  sizeScales,
  { min: 1, max: Number.MAX_SAFE_INTEGER },
  true,
);

/** Bytes of memory for something that can be turned off. */
export const cacheSize = scaled(
  'size',
  'a size such as 64MiB, 0 for none, at most 1GiB',
  sizeScales,
  { min: 0, max: 2 ** 30 },
  true,
);

/** Milliseconds; at most a day, far below what a timer can hold. */
export const duration = scaled(
  'duration',
  'a duration with its unit such as 500ms, 30s, 5m or 1h, at most 24h',
  [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ],
  { min: 0, max: 86_400_000 },
  false,
);

/** Longer times, such as those after which a device is missed, in milliseconds. */
export const period = scaled(
  'period',
  'a period with its unit such as 90s, 30m, 12h or 14d, at least 1s and at most 3650d',
  [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ],
  { min: 1_000, max: 3_650 * 86_400_000 },
  false,
);

/** A small whole number. */
export const count: ValueType<number> = {
  name: 'number',
  accepts: 'a whole number from 1 to 1000',
  parse: (value) => (/^(?:[1-9]\d{0,2}|1000)$/.test(value) ? Number(value) : undefined),
  format: plain,
};

/** A small whole number, or 0 for none. */
export const countOrNone: ValueType<number> = {
  name: 'number',
  accepts: 'a whole number from 0 to 1000',
  parse: (value) => (value === '0' ? 0 : count.parse(value)),
  format: plain,
};
