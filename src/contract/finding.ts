import { z } from 'zod';

/** One thing worth telling: a stable code for programs and a sentence for people. */
export const findingJson = z.object({ code: z.string(), message: z.string() });
export type FindingJson = z.infer<typeof findingJson>;
