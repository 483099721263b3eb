import { z } from 'zod';

/** ISO 8601 in UTC, with milliseconds. */
export const instant = z.iso.datetime();
export const nullableInstant = instant.nullable();
export const nullableText = z.string().nullable();
export const stringList = z.array(z.string());
export const count = z.number().int();
