import { z } from 'zod';
import { decodeUtf8 } from '../../../base/text/utf8';
import { DomainError } from '../../../core/errors';
import { reportStates } from '../../../core/report';
import { reportLogLimitBytes } from '../../../services/offers/record-report';
import { invalidFields, sayInvalidField, sayIssue } from '../../invalid-fields';

/** A log of control characters grows sixfold in JSON. */
export const reportLimitBytes = 6 * reportLogLimitBytes + (16 << 10);

const noControls = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;
const word = z.string().trim().max(256).regex(noControls, 'has control characters').nullish();

const reportSchema = z.object({
  state: z.enum(reportStates),
  // The running version, like the next field: scripts written before the two versions had separate names send it.
  version: word,
  running_version: word,
  installed_version: word,
  boot_id: word,
  compatible: word,
  transaction_id: word,
  progress: z.number().min(0).max(100).nullish(),
  message: z
    .string()
    .max(1024)
    .transform((text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim())
    .nullish(),
  log: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= reportLogLimitBytes, {
      error: `is longer than ${reportLogLimitBytes} bytes`,
    })
    // The database would cut the text there.
    .transform((text) => text.replaceAll('\0', '\u2400'))
    .nullish(),
});

/** What a script on a device reports. */
export type ReportBody = z.infer<typeof reportSchema>;

/** @throws DomainError `invalid-input` when the report names two versions that run */
export function runningVersionOf({ version, running_version: running }: ReportBody): string | null {
  if (isTold(version) && isTold(running) && version !== running)
    throw DomainError.of('report-versions-differ', { version, running });
  if (isTold(running)) return running;
  return isTold(version) ? version : null;
}

export function isTold(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== '';
}

/** @throws DomainError `invalid-input` */
export function parseReport(body: Buffer): ReportBody {
  const result = reportSchema.safeParse(parseJson(body), { error: sayIssue });
  if (result.success) return result.data;
  const problems = invalidFields(result.error.issues).map(sayInvalidField);
  throw DomainError.of('report-invalid', { problems, states: reportStates.join(', ') });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(decodeUtf8(body) ?? '') as unknown; // empty text is not JSON either
  } catch (cause) {
    throw DomainError.of('report-not-json', {}, { cause });
  }
}
