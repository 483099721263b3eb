import { z } from 'zod';
import { isOrphaned } from '../../../core/action-state';
import { sayWhy } from '../../../core/circumstances/sentences';
import type { Installation } from '../../../core/installation';
import { isCancelled } from '../../../core/installation-states';
import { hasFinished } from './action-json';

export const actionStatusJson = z.object({
  id: z.number(),
  type: z.string(),
  messages: z.array(z.string()),
  reportedAt: z.number(),
});
type Status = z.infer<typeof actionStatusJson>;

/** What a device reported, as `http/device/ddi` writes it into the log. */
const logged = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (\w+)\/(\w+)(?:: (.*))?$/;

const types: Readonly<Record<string, string>> = {
  downloaded: 'downloaded',
  download: 'download',
  scheduled: 'scheduled',
  rejected: 'cancel_rejected',
  canceled: 'canceled',
};

/** The history of an action, oldest first: its start, what the device reported, and what people did. @param log `''` for none */
export function statusesOf(installation: Installation, log: string): readonly Status[] {
  const { offeredAt, bundleName, state } = installation;
  const told: Omit<Status, 'id'>[] = [
    { type: 'running', messages: [`${bundleName} was assigned`], reportedAt: offeredAt.getTime() },
  ];
  let last = '';
  for (const line of log.split('\n')) {
    const [, at, execution = '', finished = '', text] = logged.exec(line) ?? [];
    if (at === undefined) continue;
    const key = `${at} ${execution}/${finished}`;
    const messages = text === undefined ? [] : [text];
    const before = told.at(-1);
    if (key === last && before !== undefined) before.messages.push(...messages);
    else
      told.push({
        type: typeOf(installation, execution, finished),
        messages,
        reportedAt: new Date(at).getTime(),
      });
    last = key;
  }
  if (isOrphaned(installation)) told.push({ type: 'error', ...conclusion(installation) });
  const hasAnswered = told.at(-1)?.type === 'canceled';
  if (isCancelled(installation) && !hasFinished(installation) && !hasAnswered)
    told.push({ type: state === 'cancelling' ? 'canceling' : 'canceled', ...conclusion(installation) });
  return told.map((status, index) => ({ id: index + 1, ...status }));
}

/** The last conclusion, by the server or a person. */
function conclusion({ message, updatedAt }: Installation): Pick<Status, 'messages' | 'reportedAt'> {
  return { messages: message === null ? [] : [sayWhy(message)], reportedAt: updatedAt.getTime() };
}

function typeOf(installation: Installation, execution: string, finished: string): string {
  if (execution !== 'closed') return types[execution] ?? 'running';
  if (finished === 'failure') return 'error';
  return isCancelled(installation) && !hasFinished(installation) ? 'canceled' : 'finished';
}
