import { z } from 'zod';
import type { Contact } from '../../../core/contact';
import type { Reported } from '../../../core/device-event';
import { DomainError } from '../../../core/errors';
import type { Installation } from '../../../core/installation';
import { percentIn } from '../../../core/progress-text';
import { invalidFields, sayInvalidField, sayIssue } from '../../invalid-fields';
import { parseJsonBody } from './json-body';

/** Room for 48 escaped log lines, each longer than any that SWUpdate writes. */
export const feedbackLimitBytes = 256 << 10;

export const executions = [
  'closed',
  'proceeding',
  'canceled',
  'scheduled',
  'rejected',
  'resumed',
  'downloaded',
  'download',
] as const;
export const results = ['success', 'failure', 'none'] as const;

/** Ignores the other fields: the address names the action, and clients' clocks are not reliable. */
const feedbackSchema = z.object({
  status: z.object({
    execution: z.enum(executions),
    result: z.object({ finished: z.enum(results) }),
    details: z.array(z.unknown()).nullish().catch(null),
  }),
});

/** What a client reports about an action. */
export interface Feedback {
  readonly execution: (typeof executions)[number];
  readonly finished: (typeof results)[number];
  /** Its messages; none is empty or contains control characters. */
  readonly details: readonly string[];
}

/** @throws DomainError `invalid-input` */
export function parseFeedback(body: Buffer): Feedback {
  let content: unknown;
  try {
    content = parseJsonBody(body);
  } catch (cause) {
    throw DomainError.of('feedback-invalid', { problems: ['it is not JSON'] }, { cause });
  }
  const parsed = feedbackSchema.safeParse(content, { error: sayIssue });
  if (!parsed.success) {
    const problems = invalidFields(parsed.error.issues).map(sayInvalidField);
    throw DomainError.of('feedback-invalid', { problems });
  }
  const { execution, result, details } = parsed.data.status;
  const texts = (details ?? []).filter((one) => typeof one === 'string').map(cleanText);
  return { execution, finished: result.finished, details: texts.filter((text) => text !== '') };
}

function cleanText(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim();
}

/**
 * What feedback on a deployment means for its installation.
 * @param isDone whether it is over once the bundle is downloaded
 */
export function eventOf(
  feedback: Feedback,
  installation: Installation,
  contact: Contact,
  isDone = false,
): Reported {
  const { execution, finished } = feedback;
  const told = toldOf(feedback, installation, contact);
  if (execution === 'closed')
    return { kind: 'ended', outcome: finished === 'failure' ? 'failed' : 'installed', ...told };
  if (isDone) return { kind: 'ended', outcome: 'downloaded', ...told };
  const phase = 'downloading' as const;
  return { kind: 'progressed', by: 'report', phase, progressPercent: percentOf(feedback), ...told };
}

/** What feedback on a cancel request means; `null` while it is not yet an answer. */
export function acknowledgementOf(
  feedback: Feedback,
  installation: Installation,
  contact: Contact,
): Reported | null {
  const { execution, finished } = feedback;
  if (execution !== 'closed' && execution !== 'rejected') return null;
  return {
    kind: 'cancel-acknowledged',
    stops: execution === 'closed' && finished !== 'failure',
    ...toldOf(feedback, installation, contact),
  };
}

/** What all feedback says about its installation. */
function toldOf(feedback: Feedback, installation: Installation, contact: Contact) {
  return {
    contact,
    installationId: installation.id,
    transactionId: null,
    message: messageOf(feedback, installation),
    log: null,
    moreLog: linesOf(feedback, contact.at),
  };
}

const messageMaxLength = 1_024;
const lastError = 'LastError:';
/** Messages that must not replace an earlier one: they only say that RAUC stopped without an error. */
const saysNothing = new Set([lastError, 'idle']);

/**
 * The messages in one line. `rauc-hawkbit-updater` sends the reason (`LastError: …`) right before it reports the failure without
 * one. This keeps both.
 */
function messageOf({ execution, finished, details }: Feedback, { message }: Installation): string | null {
  const told = details.filter((text) => !saysNothing.has(text));
  const why = typeof message === 'string' ? message : '';
  const isFailure = execution === 'closed' && finished === 'failure';
  if (isFailure && why.startsWith(lastError) && !told.includes(why)) told.push(why);
  return told.length === 0 ? null : told.join('; ').slice(0, messageMaxLength).trim();
}

/** RAUC's progress, from the last of its lines that has one. */
export function percentOf({ details }: Pick<Feedback, 'details'>): number | null {
  const percents = details.map(percentIn).filter((found) => found !== null);
  const last = percents.at(-1) ?? null;
  return last === null || last > 100 ? null : last;
}

/** Lines for the installation's log. */
function linesOf({ execution, finished, details }: Feedback, at: Date): string {
  const what = `${at.toISOString()} ${execution}/${finished}`;
  return (details.length === 0 ? [what] : details.map((text) => `${what}: ${text}`))
    .map((line) => `${line}\n`)
    .join('');
}
