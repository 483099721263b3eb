import { z } from 'zod';
import type { Circumstance, Why } from '../../core/reasons/why';

const circumstance: z.ZodType<Circumstance> = z.object({
  code: z.string(),
  parameters: z.record(z.string(), z.unknown()),
}) as never;

/** A reason in JSON: a circumstance, or a text. */
export const whyInJson: z.ZodType<Why> = z.union([z.string(), circumstance]);

/** The two columns of a reason: what people or a device wrote, or else a circumstance as JSON. */
export function toWhyColumns(why: Why | null): {
  readonly text: string | null;
  readonly coded: string | null;
} {
  const isText = why === null || typeof why === 'string';
  return isText ? { text: why, coded: null } : { text: null, coded: JSON.stringify(why) };
}

/** @throws Error for a circumstance that {@link toWhyColumns} did not write */
export function fromWhyColumns(text: string | null, coded: string | null): Why | null {
  return coded === null ? text : circumstance.parse(JSON.parse(coded));
}

/** The one column of a reason that only the server writes: a circumstance as JSON. */
export function toServerReason(why: Why): string {
  return typeof why === 'string' ? why : JSON.stringify(why);
}

/** Earlier versions wrote the sentence. */
export function fromServerReason(text: string): Why {
  return text.startsWith('{') ? circumstance.parse(JSON.parse(text)) : text;
}
