import type { Handler } from '../kernel/handler';
import type { ProtocolKit } from '../kernel/protocol';
import { sendJson } from '../kernel/send-json';
import { actionStateOf } from '../../../core/action-state';
import { sendClosed, sendDone, sendRefusal } from './answers';
import { contactOf } from './contact-of';
import { acknowledgementOf, parseFeedback } from './feedback';
import { findAction, noAction } from './find-action';
import { takeReport } from './take-report';

/** Tells a device what to stop. Both ids are strings, and equal. */
export function answerCancelAction(kit: ProtocolKit): Handler {
  return async (exchange, { device, params }) => {
    const installation = await findAction(kit, device, params);
    if (actionStateOf(installation) !== 'cancelling') throw noAction(device, params['action']);
    const id = String(installation.id);
    sendJson(exchange, { id, cancelAction: { stopId: id } });
  };
}

/** Takes a device's answer: whether it stops. */
export function takeCancelFeedback(kit: ProtocolKit): Handler {
  return async (exchange, { device, params, readBody }) => {
    const feedback = parseFeedback(await readBody());
    const installation = await findAction(kit, device, params);
    const state = actionStateOf(installation);
    if (state === 'closed') {
      sendClosed(exchange, installation);
      return;
    }
    if (state === 'active') {
      sendRefusal(exchange, 405, `action ${installation.id} was not cancelled`);
      return;
    }
    const event = acknowledgementOf(feedback, installation, contactOf(exchange, kit.now()));
    if (event !== null && !(await takeReport(kit, exchange, { device, params }, event))) return;
    sendDone(exchange);
  };
}
