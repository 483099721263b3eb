import { dayTimeText } from '../../../core/hawkbit-settings';
import type { Installation } from '../../../core/installation';
import type { ProtocolLimits } from '../../../core/protocol';
import type { Handler } from '../kernel/handler';
import type { ProtocolKit } from '../kernel/protocol';
import { sendJson } from '../kernel/send-json';
import { linkOf } from './action-state';
import { sendDone } from './answers';
import { parseConfigData } from './config-data';
import { contactOf } from './contact-of';
import { controllerUrl } from './controller-url';
import { servableBundle } from './servable-bundle';
import type { WantedAttributes } from './wanted-attributes';

/** Tells a device what there is for it: at most one action. */
export function createPollHandler(
  kit: ProtocolKit,
  attributes: WantedAttributes,
  limits: ProtocolLimits,
): Handler {
  const { services, counters, now } = kit;
  const sleep = () => dayTimeText(services.hawkbitSettings.current().pollingTimeMs ?? kit.pollIntervalMs);
  return async (exchange, { device, params }) => {
    const contact = contactOf(exchange, now());
    const offer = await services.deviceEvents.take(device, {
      kind: 'asked',
      contact,
      limits,
      compatible: null,
      meansDefault: false,
      native: null,
      namedSha256: null,
    });
    counters.countOffer(offer);
    const { installation, tellsVersion, knownSince } = await services.deviceActions.latest(device);
    const offered = offer.kind === 'bundle' ? offer.bundle.sha256 : null;
    const link = linkOf(installation, offered, servableBundle(kit, installation) !== undefined);
    const url = controllerUrl(kit, exchange, params);
    const isBootAwaited = tellsVersion && installation?.state === 'installed';
    sendJson(exchange, {
      config: { polling: { sleep: sleep() } },
      _links: {
        ...(link === null ? {} : { [link]: { href: `${url}/${link}/${numberOf(installation)}` } }),
        ...(attributes.isWanted(device.id, contact.at, knownSince) || isBootAwaited
          ? { configData: { href: `${url}/configData` } }
          : {}),
      },
    });
  };
}

function numberOf(installation: Installation | null): string {
  return installation === null ? '' : String(installation.id);
}

/** Takes what a device reports about itself. Only the certificate decides which device it is. */
export function takeConfigData(
  { services: { deviceEvents }, now }: ProtocolKit,
  attributes: WantedAttributes,
): Handler {
  return async (exchange, { device, readBody }) => {
    const { mode, facts } = parseConfigData(await readBody());
    const contact = contactOf(exchange, now());
    await deviceEvents.take(device, {
      kind: 'described',
      contact: { ...contact, facts: { ...contact.facts, ...facts }, attributes: mode },
    });
    attributes.areTold(device.id, contact.at);
    sendDone(exchange);
  };
}
