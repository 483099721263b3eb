import { z } from 'zod';
import { doctorChecks, doctorSeverities } from '../core/doctor';

/** What `doctor --json` prints. */
export const doctorJson = z.object({
  ok: z.boolean().describe('True if no finding is an error'),
  findings: z.array(
    z.object({
      check: z.enum(doctorChecks),
      severity: z.enum(doctorSeverities),
      subject: z.string().describe('A path, an address or an option'),
      message: z.string().describe('A sentence for people'),
      remedy: z.string(),
      reason: z.string().describe('The same, as a code for clients that use their own wording'),
      parameters: z
        .record(z.string(), z.unknown())
        .describe('Parameters of the sentence that `reason` stands for'),
    }),
  ),
  skipped: z.array(
    z.object({
      check: z.enum(doctorChecks),
      code: z.string(),
      reason: z.string().describe('The same as a sentence for people'),
    }),
  ),
});
export type DoctorJson = z.infer<typeof doctorJson>;
