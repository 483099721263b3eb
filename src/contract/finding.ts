import { z } from 'zod';
import { whyFields } from './why';

/** One thing worth telling: a stable code of its kind for programs, and a sentence for people. */
export const findingJson = z.object({ code: z.string(), message: z.string(), ...whyFields });
export type FindingJson = z.infer<typeof findingJson>;
