import type { DeviceIdentity } from '../../../core/device';
import type { Installation } from '../../../core/installation';
import { isCancelled, isWritten } from '../../../core/installation-states';
import type { ProtocolLimits } from '../../../core/protocol';
import type { Handler, PathParams } from '../kernel/handler';
import type { Order } from '../../../services/offers/device-actions';
import type { ProtocolKit } from '../kernel/protocol';
import { sendJson } from '../kernel/send-json';
import type { Exchange } from '../transport/exchange';
import { actionStateOf } from '../../../core/action-state';
import { sendClosed, sendDone } from './answers';
import { contactOf } from './contact-of';
import { controllerUrl } from './controller-url';
import { describeDeployment } from './deployment';
import { eventOf, parseFeedback } from './feedback';
import { findAction, noAction } from './find-action';
import { lookForServable } from './servable-bundle';
import { takeReport } from './take-report';
import type { WantedAttributes } from './wanted-attributes';

/** Tells a device what to install. @param limits the protocol's limits */
export function answerDeployment(kit: ProtocolKit, { downloadsAhead }: ProtocolLimits): Handler {
  return async (exchange, { device, params }) => {
    const installation = await findAction(kit, device, params);
    if (isCancelled(installation)) throw noAction(device, params['action']);
    if (actionStateOf(installation) === 'closed') {
      sendClosed(exchange, installation);
      return;
    }
    const order = await kit.services.deviceActions.orderOf(device, installation, downloadsAhead === true);
    await sendDeployment(kit, exchange, { device, params, installation, order });
  };
}

/** Tells a device what it has installed. */
export function answerInstalled(kit: ProtocolKit): Handler {
  return async (exchange, { device, params }) => {
    const installation = await findAction(kit, device, params);
    if (!isWritten(installation)) throw noAction(device, params['action']);
    await sendDeployment(kit, exchange, {
      device,
      params,
      installation,
      order: { kind: 'forced', window: null },
    });
  };
}

interface Deployable {
  readonly device: DeviceIdentity;
  readonly params: PathParams;
  readonly installation: Installation;
  readonly order: Order;
}

async function sendDeployment(
  kit: ProtocolKit,
  exchange: Exchange,
  { device, params, installation, order }: Deployable,
): Promise<void> {
  const bundle = await lookForServable(kit, installation);
  if (bundle === undefined) throw noAction(device, params['action']);
  sendJson(exchange, describeDeployment(installation, bundle, controllerUrl(kit, exchange, params), order));
}

/** Takes progress and results. They are on disk before the answer, because clients never repeat them. */
export function takeFeedback(kit: ProtocolKit, attributes: WantedAttributes): Handler {
  const { services, counters, now } = kit;
  const isOnlyDownloaded = async (device: DeviceIdentity, installation: Installation) =>
    (await services.deviceActions.orderOf(device, installation, false)).kind === 'downloadonly';
  return async (exchange, { device, params, readBody }) => {
    const feedback = parseFeedback(await readBody());
    const installation = await findAction(kit, device, params);
    if (actionStateOf(installation) === 'closed') {
      sendClosed(exchange, installation);
      return;
    }
    const isDone = feedback.execution === 'downloaded' && (await isOnlyDownloaded(device, installation));
    const event = eventOf(feedback, installation, contactOf(exchange, now()), isDone);
    if (!(await takeReport(kit, exchange, { device, params }, event))) return;
    const hasEnded = event.kind === 'ended';
    if (hasEnded && event.outcome === 'installed') attributes.want(device.id);
    counters.countReport(hasEnded && event.outcome !== 'downloaded' ? event.outcome : 'downloading');
    sendDone(exchange);
  };
}
