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
      message: z.string(),
      remedy: z.string(),
    }),
  ),
  skipped: z.array(z.object({ check: z.enum(doctorChecks), reason: z.string() })),
});
export type DoctorJson = z.infer<typeof doctorJson>;
