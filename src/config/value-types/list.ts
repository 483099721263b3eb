import type { ValueType } from './value-type';

/** A list in which each part is checked; empty parts, as after a trailing separator, are dropped. */
export function listOf(
  name: string,
  separator: string,
  accepts: string,
  parsePart: (part: string) => string | undefined,
): ValueType<readonly string[]> {
  return {
    name,
    accepts,
    parse: (value) => {
      const parts = value
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map(parsePart);
      return parts.some((part) => part === undefined)
        ? undefined
        : parts.filter((part) => part !== undefined);
    },
    format: (value) => value.join(separator),
  };
}
