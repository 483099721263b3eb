import { z } from 'zod';
import { whyFields } from './why';

/** One thing to report: a stable code for programs, and a sentence for people. */
export const findingJson = z.object({ code: z.string(), message: z.string(), ...whyFields });
export type FindingJson = z.infer<typeof findingJson>;
