import { z } from 'zod';
import { nullableText } from './answer-fields';

/** The fields that accompany a `reason` that the server may have found itself. Readers also accept answers without them. */
export const whyFields = {
  reason_code: nullableText
    .default(null)
    .describe(
      'The same as a code, for clients with wording of their own; more codes may be added. Null for text that a person or a device wrote, and for a sentence stored by an earlier version',
    ),
  reason_parameters: z
    .record(z.string(), z.unknown())
    .nullable()
    .default(null)
    .describe('What the sentence of `reason_code` needs'),
};

/** The same for a `last_error`. */
export const lastErrorFields = {
  last_error_code: whyFields.reason_code,
  last_error_parameters: whyFields.reason_parameters,
};

/** The same for a `remedy`. */
export interface RemedyJson {
  readonly remedy_code: WhyJson['reason_code'];
  readonly remedy_parameters: WhyJson['reason_parameters'];
}

export type WhyJson = z.infer<z.ZodObject<typeof whyFields>>;
export type LastErrorJson = z.infer<z.ZodObject<typeof lastErrorFields>>;
