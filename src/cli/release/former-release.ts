import { z } from 'zod';
import { formatDuration } from '../../base/text/duration';
import type { AdminClient } from '../kernel/admin-client';
import { formatFacts, formatInstant } from '../kernel/printable';
import { parseAnswer } from '../kernel/server-answer';
import { parseReleaseId } from './release-options';
import { shownLine } from './shown-history';
import { describeFailures, describeResult } from './shown-release';

const anyHistory = z.object({ history: z.array(z.looseObject({ id: z.number(), action: z.string() })) });

/** The history line that made a release; both have the same id. `undefined` when there is none. */
export async function findFormer(client: AdminClient, [text = '']: readonly string[]): Promise<unknown> {
  const id = parseReleaseId(text);
  const answer = await client.get(`/api/history?before=${id + 1}&limit=1`);
  const { history } = parseAnswer(anyHistory, answer);
  return history.find((line) => line.id === id && line.action === 'activate');
}

/** What a former release was, and how it ended. */
export function formerDetails(answer: unknown): string {
  const line = parseAnswer(shownLine, answer);
  const { result } = line;
  const second = (at: string | null | undefined) => (at == null ? '-' : formatInstant(at));
  const duration = result?.duration_seconds;
  return formatFacts([
    ['release', String(line.id)],
    ['bundle', line.bundle ?? '-'],
    ['for', `${line.compatible}, channel ${line.channel}`],
    ['released', `${second(line.at)} by ${line.by}`],
    ['complete', second(result?.completed_at)],
    ['ended', second(line.ended_at)],
    ['replaced by', line.ended_by ?? '-'],
    ['duration', duration == null ? '-' : formatDuration(duration)],
    ['outcome', result === null ? '-' : describeResult(result, line.ended_by)],
    ['reason', result?.reason ?? '-'],
    ...describeFailures(result?.failures ?? []).map((words) => ['failures', words] as const),
  ]);
}
