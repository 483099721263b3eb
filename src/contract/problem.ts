import { z } from 'zod';
import { errorCodes } from '../core/errors';

/** Every code that a problem document can have: the domain's own, and those of HTTP alone. */
export const problemCodes = [...errorCodes, 'method-not-allowed', 'internal'] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** The media type of {@link problemJson} (RFC 9457, section 6.1). */
export const problemMediaType = 'application/problem+json';

/** A problem document (RFC 9457, section 3) with the extension members `code`, `remedy`, `request_id`, `reason` with its
 * `parameters`, and facts. */
export const problemJson = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int().min(400).max(599),
    detail: z.string().optional(),
    code: z.enum(problemCodes),
    remedy: z.string().optional().describe('What to do next'),
    request_id: z.string().optional(),
    reason: z
      .string()
      .optional()
      .describe(
        'Why, in more detail than `code`: a code for clients that use their own wording; more codes may be added',
      ),
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Parameters of the sentence that `reason` stands for'),
  })
  .describe('A problem document (RFC 9457)');
export type ProblemJson = Readonly<z.infer<typeof problemJson>>;
