import type { z } from 'zod';

/** A field that may be left out. To hawkBit `null` means the same, and clients in Java send it. */
export function optional<Field extends z.ZodType>(field: Field) {
  return field.nullish().transform((value) => value ?? undefined);
}
