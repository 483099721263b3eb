import type { BoardJson, DeviceJson } from '../../../contract/device';
import type { SeenBoot } from '../../../core/board';
import type { Device, Hold, Pin } from '../../../core/device';
import type { Installation } from '../../../core/installation';
import { instantText } from '../kernel/instant-text';
import { presentWhy } from '../../../contract/present-why';
import { presentInstallation } from './installation-json';

/** @param revokedAt since when a certificate has been revoked; `null` if it is not */
export function presentDevice(
  { device, installation }: { readonly device: Device; readonly installation: Installation | null },
  revokedAt: (serial: string) => Date | null,
): DeviceJson {
  const { facts, hold, pin, pollerOmits } = device;
  const { second } = device.boards;
  return {
    id: device.id,
    created_at: device.createdAt.toISOString(),
    first_contact_at: instantText(device.firstContactAt),
    last_contact_at: instantText(device.lastContactAt),
    address: device.address,
    protocol: device.protocol,
    compatible: facts.compatible,
    variant: facts.variant,
    serial: facts.serial,
    machine_id: facts.machineId,
    boot_id: facts.bootId,
    system_version: facts.systemVersion,
    uptime_seconds: facts.uptimeSeconds,
    attributes: { ...facts.attributes },
    channel: device.channel,
    labels: [...device.labels],
    notes: device.notes,
    admission: device.admission,
    hold: hold === null ? null : presentHold(hold),
    pin: pin === null ? null : presentPin(pin),
    certificates: device.certificates.map(({ serial, firstSeenAt, lastSeenAt }) => ({
      serial,
      first_seen_at: firstSeenAt.toISOString(),
      last_seen_at: lastSeenAt.toISOString(),
      revoked_at: instantText(revokedAt(serial)),
    })),
    certificate_compatibles: [...device.boundCompatibles],
    claimed_compatible: device.claimedCompatible,
    second_board:
      second === null
        ? null
        : {
            found_at: second.foundAt.toISOString(),
            own: presentBoard(second.own),
            other: presentBoard(second.other),
          },
    poller_omits: pollerOmits === null ? null : [...pollerOmits],
    installation: installation === null ? null : presentInstallation(installation),
  };
}

function presentPin({ bundleName, by, at, terms }: Pin): DeviceJson['pin'] {
  const shown = terms && {
    kind: terms.kind,
    forced_at: instantText(terms.forcedAt ?? null),
    window: terms.window,
  };
  return { bundle: bundleName, by, at: at.toISOString(), terms: shown ?? null };
}

function presentHold({ reason, by, at }: Hold) {
  const why = presentWhy(reason);
  return { ...why, reason: why.reason ?? '', by, at: at.toISOString() };
}

function presentBoard(board: SeenBoot): BoardJson {
  return {
    serial: board.serial,
    boot_id: board.bootId,
    machine_id: board.machineId,
    address: board.address,
    system_version: board.systemVersion,
    first_seen_at: board.firstSeenAt.toISOString(),
    last_seen_at: board.lastSeenAt.toISOString(),
  };
}
