import type { Insertable, Selectable } from 'kysely';
import type { Device, SeenCertificate } from '../../core/device';
import type { Installation } from '../../core/installation';
import type { PinTerms } from '../../core/pin-terms';
import { provingHeaders } from '../../core/silent-poller';
import { toBoards } from './boards-json';
import type { DeviceTable, InstallationTable } from './schema';
import { fromWhyColumns, toWhyColumns } from './why-columns';

/** What both databases have of a device. */
export type DeviceRow = Omit<Selectable<DeviceTable>, 'search_text' | 'found_by'>;

export function toDevice(
  row: DeviceRow,
  labels: readonly string[],
  certificates: readonly SeenCertificate[],
): Device {
  const { hold_at: heldAt, pin_bundle: pinned, pin_at: pinnedAt } = row;
  return {
    id: row.id,
    createdAt: new Date(row.created_at),
    firstContactAt: toDate(row.first_contact_at),
    lastContactAt: toDate(row.last_contact_at),
    address: row.address,
    protocol: row.protocol,
    facts: {
      compatible: row.compatible,
      variant: row.variant,
      serial: row.serial,
      machineId: row.machine_id,
      bootId: row.boot_id,
      systemVersion: row.system_version,
      uptimeSeconds: row.uptime_seconds,
      attributes: readAttributes(row),
    },
    channel: row.channel,
    labels,
    notes: row.notes,
    admission: row.admission,
    hold:
      heldAt === null
        ? null
        : {
            reason: fromWhyColumns(row.hold_reason, row.hold_circumstance) ?? '',
            by: row.hold_by ?? '',
            at: new Date(heldAt),
          },
    pin:
      pinned === null || pinnedAt === null
        ? null
        : {
            bundleName: pinned,
            by: row.pin_by ?? '',
            at: new Date(pinnedAt),
            ...(row.pin_terms === null ? {} : { terms: toTerms(row.pin_terms) }),
          },
    certificates,
    boards: toBoards(row.boards),
    boundCompatibles: JSON.parse(row.bound_compatibles) as string[],
    claimedCompatible: row.claimed_compatible,
    pollerOmits: toOmitted(row.poller_omits),
  };
}

function toTerms(json: string): PinTerms {
  const { forcedAt, ...terms } = JSON.parse(json) as Omit<PinTerms, 'forcedAt'> & {
    readonly forcedAt?: string;
  };
  return forcedAt === undefined ? terms : { ...terms, forcedAt: new Date(forcedAt) };
}

/** The columns that a contact changes. */
export function toContactRow(device: Device) {
  const { facts } = device;
  return {
    first_contact_at: toText(device.firstContactAt),
    last_contact_at: toText(device.lastContactAt),
    address: device.address,
    protocol: device.protocol,
    compatible: facts.compatible,
    variant: facts.variant,
    serial: facts.serial,
    machine_id: facts.machineId,
    boot_id: facts.bootId,
    system_version: facts.systemVersion,
    uptime_seconds: facts.uptimeSeconds,
    attributes: JSON.stringify(facts.attributes),
    boards: JSON.stringify(device.boards),
    second_board_at: toText(device.boards.second?.notedAt ?? null),
    bound_compatibles: JSON.stringify(device.boundCompatibles),
    claimed_compatible: device.claimedCompatible,
    poller_omits: device.pollerOmits?.join(';') ?? null,
  };
}

/** The columns that a decision changes. */
export function toDecisionRow({ channel, notes, admission, hold, pin }: Decisions) {
  return { channel, notes, admission, ...toHoldRow(hold), ...toPinRow(pin) };
}

/** Only the columns that the decision names. */
export function toDecidedColumns({ channel, notes, admission, hold, pin }: Partial<Decisions>) {
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(notes === undefined ? {} : { notes }),
    ...(admission === undefined ? {} : { admission }),
    ...(hold === undefined ? {} : toHoldRow(hold)),
    ...(pin === undefined ? {} : toPinRow(pin)),
  };
}

type Decisions = Pick<Device, 'channel' | 'notes' | 'admission' | 'hold' | 'pin'>;

function toHoldRow(hold: Device['hold']) {
  const { text, coded } = toWhyColumns(hold?.reason ?? null);
  return {
    hold_reason: text,
    hold_circumstance: coded,
    hold_by: hold?.by ?? null,
    hold_at: toText(hold?.at ?? null),
  };
}

function toPinRow(pin: Device['pin']) {
  return {
    pin_bundle: pin?.bundleName ?? null,
    pin_by: pin?.by ?? null,
    pin_at: toText(pin?.at ?? null),
    pin_terms: pin?.terms === undefined ? null : JSON.stringify(pin.terms),
  };
}

export function toInstallation(row: Selectable<InstallationTable>): Installation {
  return {
    id: row.id,
    deviceId: row.device,
    bundleName: row.bundle,
    sha256: row.sha256,
    releaseId: row.release_id,
    step: row.step,
    targetVersion: row.target_version,
    fromVersion: row.from_version,
    fromBootId: row.from_boot_id,
    fromSlot: row.from_slot,
    bootedVersion: row.booted_version,
    bootedSlot: row.booted_slot,
    state: row.state,
    offeredAt: new Date(row.offered_at),
    offerEndsAt: new Date(row.offer_ends_at),
    startedAt: toDate(row.started_at),
    installedAt: toDate(row.installed_at),
    movedAt: toDate(row.moved_at),
    endedAt: toDate(row.ended_at),
    updatedAt: new Date(row.updated_at),
    transactionId: row.transaction_id,
    attempts: row.attempts,
    polls: row.polls,
    bytesSent: row.bytes_sent,
    bytesBefore: row.bytes_before,
    leastBytes: row.least_bytes,
    wholeBytes: row.whole_bytes,
    bundleSizeBytes: row.bundle_size_bytes,
    progressPercent: row.progress_percent,
    message: fromWhyColumns(row.message, row.message_circumstance),
    signature: row.signature,
    silentPolls: row.silent_polls,
    isPresumed: row.is_presumed !== 0,
    clearedAt: toDate(row.cleared_at),
  };
}

export function toInstallationRow(installation: Installation): Insertable<InstallationTable> {
  const { text, coded } = toWhyColumns(installation.message);
  return {
    id: installation.id,
    device: installation.deviceId,
    bundle: installation.bundleName,
    sha256: installation.sha256,
    release_id: installation.releaseId,
    step: installation.step,
    target_version: installation.targetVersion,
    from_version: installation.fromVersion,
    from_boot_id: installation.fromBootId,
    from_slot: installation.fromSlot,
    booted_version: installation.bootedVersion,
    booted_slot: installation.bootedSlot,
    state: installation.state,
    offered_at: installation.offeredAt.toISOString(),
    offer_ends_at: installation.offerEndsAt.toISOString(),
    started_at: toText(installation.startedAt),
    installed_at: toText(installation.installedAt),
    moved_at: toText(installation.movedAt),
    ended_at: toText(installation.endedAt),
    updated_at: installation.updatedAt.toISOString(),
    transaction_id: installation.transactionId,
    attempts: installation.attempts,
    polls: installation.polls,
    bytes_sent: installation.bytesSent,
    bytes_before: installation.bytesBefore,
    least_bytes: installation.leastBytes,
    whole_bytes: installation.wholeBytes,
    bundle_size_bytes: installation.bundleSizeBytes,
    progress_percent: installation.progressPercent,
    message: text,
    message_circumstance: coded,
    signature: installation.signature,
    silent_polls: installation.silentPolls,
    is_presumed: installation.isPresumed ? 1 : 0,
    cleared_at: toText(installation.clearedAt),
  };
}

/** @param text as in `send-headers=`; empty when nothing is left out */
export function toOmitted(text: string | null): Device['pollerOmits'] {
  return text === null ? null : provingHeaders.filter((name) => text.split(';').includes(name));
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function toText(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

export function readAttributes({
  attributes,
}: Pick<Selectable<DeviceTable>, 'attributes'>): Readonly<Record<string, string>> {
  return JSON.parse(attributes) as Record<string, string>;
}

/**
 * Texts of which the column of a device with this attribute contains one. `JSON.stringify` writes no spaces, and escapes each
 * quote within names and values, so nothing else can look like this.
 */
export function textsOfAttribute(name: string, value: string): readonly [string, string] {
  const pair = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  return [`{${pair}`, `,${pair}`];
}
