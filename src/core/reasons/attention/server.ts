import { capitalized } from '../../../base/text/capitalized';
import { sayWhy } from '../../circumstances/sentences';
import type { Why } from '../why';
import { lengthOf, minuteOf, withFullStop } from './words';

const checkClock = "Check the server's date, and that NTP is running";

function jumped(byMs: number): string {
  return `The server's clock jumped ${byMs > 0 ? 'forward' : 'back'} by ${lengthOf(byMs)}`;
}

/** What needs attention about the server itself. */
export const serverAttention = {
  'database-restored': ({ why, at }: { why: Why; at: string }) =>
    `${capitalized(sayWhy(why))} (${minuteOf(at)}). Rollouts are paused, and devices with a pin are held: ` +
    'upload and release what was published since, resume or abort each rollout, lift holds where the pin is right, then dismiss this.',
  'webhook-failing': ({ webhooks }: { webhooks: readonly string[] }) =>
    `Cannot deliver events to ${webhooks.join(', ')}.`,
  'webhook-full': ({ webhooks, waiting }: { webhooks: readonly string[]; waiting: number }) =>
    `${waiting} or more events are waiting for ${webhooks.join(', ')}; later ones stay in the journal until there ` +
    'is room. Check the receiver, or turn the webhook off to skip waiting events.',
  crashed: ({ error, part }: { error: string; /** `null` where all of it runs. */ part: string | null }) => {
    const leftOut = part === null ? '' : ` It runs without ${part} until its next restart.`;
    return `${withFullStop(`The server stopped after an internal error and was restarted: ${error}`)}${leftOut}`;
  },
  'clock-behind': ({ byMs, sureAt }: { byMs: number; sureAt: string }) =>
    `The server's clock is ${lengthOf(byMs)} behind the time when the server last ran, ${minuteOf(sureAt)}. ${checkClock}. ` +
    'If the clock is right now and was wrong before, dismiss this.',
  'clock-doubted': ({ byMs }: { byMs: number }) =>
    `${jumped(byMs)}. The server accepts the new time once it has lasted for 15 minutes. ${checkClock}.`,
  'clock-jumped': ({ byMs }: { byMs: number }) =>
    `${jumped(byMs)}. ${checkClock}. If the clock is right now, dismiss this; otherwise it disappears after a day.`,
};
