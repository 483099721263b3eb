import { z } from 'zod';
import { doctorChecks, doctorSeverities } from '../core/doctor';

/** What `doctor --json` prints. */
export const doctorJson = z.object({
  ok: z.boolean().describe('no finding is an error'),
  findings: z.array(
    z.object({
      check: z.enum(doctorChecks),
      severity: z.enum(doctorSeverities),
      subject: z.string().describe('a path, an address or an option'),
      message: z.string().describe('a sentence for people'),
      remedy: z.string(),
      reason: z.string().describe('the same as a code, for those who say it in their own words'),
      parameters: z.record(z.string(), z.unknown()).describe('what the sentence of `reason` needs'),
    }),
  ),
  skipped: z.array(
    z.object({
      check: z.enum(doctorChecks),
      code: z.string(),
      reason: z.string().describe('the same as a sentence for people'),
    }),
  ),
});
export type DoctorJson = z.infer<typeof doctorJson>;
