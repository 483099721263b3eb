import type { DeviceIdentity } from '../../core/device';
import { slotOf } from '../../core/contact';
import { mayBeWritten } from '../../core/installation';
import { isCancelled, isCancellable } from '../../core/installation-states';
import type { AskingDevice, StandingOffer, UnbootedBundle } from '../../core/offer-question';
import type { ProofRules } from '../../core/evidence';
import { patiencePolls } from '../../core/proof';
import { defaultChannel } from '../../core/release';
import { unprovenDownloads } from '../../core/silent-poller';
import type { Catalog } from '../catalog/catalog';
import { defaultCompatible } from '../catalog/default-compatible';
import type { DeviceRecord } from '../../core/device-record';
import type { ReleaseNumbers } from '../../ports/device-updates';

export interface AskingPorts {
  readonly catalog: Catalog;
  /** The default compatible; `null` when none is configured. */
  readonly configuredCompatible: string | null;
  readonly proofRules: Pick<ProofRules, 'rollbackWindowMs' | 'stalledAfterMs'>;
}

/**
 * Describes a device to the offer's rules. Its compatible is the one it asks for, or else the only one to which its certificate
 * is bound, or else the one it last reported, or else the default, or else that of the bundle to which someone pinned it.
 * @param record `undefined` for an unknown device
 * @param asked the compatible it names now; `null` if it names none
 * @param meansDefault a device that names none means the default, whatever it reported before
 */
export function describeAsking(
  ports: AskingPorts,
  releases: Pick<ReleaseNumbers, 'hasEnded'>,
  record: DeviceRecord | undefined,
  identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
  asked: string | null,
  meansDefault = false,
): AskingDevice {
  const { catalog, configuredCompatible } = ports;
  const { id, compatibles } = identity;
  const device = record?.device;
  const [bound, ...others] = compatibles;
  const known = device?.facts.compatible ?? null;
  const usual = defaultCompatible(catalog, configuredCompatible).compatible;
  const pinned = device?.pin ?? null;
  const pinnedBundle = pinned === null ? undefined : catalog.find(pinned.bundleName);
  const compatible =
    asked ??
    (others.length === 0 ? bound : undefined) ??
    (meansDefault ? (usual ?? known) : (known ?? usual)) ??
    (compatibles.length === 0 ? pinnedBundle?.compatible : undefined) ??
    null;
  return {
    id,
    compatible,
    boundCompatibles: compatibles,
    channel: device?.channel ?? defaultChannel,
    labels: device?.labels ?? [],
    attributes: device?.facts.attributes ?? {},
    admission: device?.admission ?? 'admitted',
    hold: device?.hold ?? null,
    pin:
      pinned === null
        ? null
        : {
            bundleName: pinned.bundleName,
            bundle: pinnedBundle,
            ...(pinned.terms === undefined ? {} : { terms: pinned.terms }),
          },
    systemVersion: device?.facts.systemVersion ?? null,
    provenSha256: provenSha256(record),
    tellsSlot: device !== undefined && slotOf(device.facts) !== null,
    failures: record?.failures ?? new Map(),
    interruptions: record?.interruptions ?? new Map(),
    unproven: unprovenDownloads(device?.pollerOmits ?? null, record?.installation ?? null),
    cancelledSha256: cancelledSha256(record),
    standing: standingOffer(catalog, releases, record),
    unbooted: unbootedBundle(ports, record),
  };
}

/** The bundle it is proven to run, while it still reports exactly that. */
function provenSha256(record: DeviceRecord | undefined): string | null {
  const installation = record?.installation;
  if (installation?.state !== 'proven') return null;
  const { bootedVersion, targetVersion, sha256 } = installation;
  return record?.device.facts.systemVersion === (bootedVersion ?? targetVersion) ? sha256 : null;
}

function cancelledSha256(record: DeviceRecord | undefined): string | null {
  const installation = record?.installation ?? null;
  if (installation === null || installation.clearedAt !== null) return null;
  return isCancelled(installation) ? installation.sha256 : null;
}

function standingOffer(
  catalog: Catalog,
  releases: Pick<ReleaseNumbers, 'hasEnded'>,
  record: DeviceRecord | undefined,
): StandingOffer | null {
  const installation = record?.installation ?? null;
  if (installation === null || !isCancellable(installation)) return null;
  if (installation.state === 'stopped') return null; // its place belongs to another
  if (releases.hasEnded(installation)) return null;
  const bundle = catalog.find(installation.bundleName);
  if (bundle?.sha256 !== installation.sha256) return null;
  const { releaseId, offerEndsAt, startedAt, polls } = installation;
  const isIgnored = startedAt === null && polls > patiencePolls;
  return { bundle, releaseId, endsAt: offerEndsAt, hasBegun: startedAt !== null, isIgnored };
}

/**
 * The bundle that waits for a reboot. One that was reported as installed waits until the device is lost; one that was read
 * without a report waits as long as a boot would still count. If the device reports nothing that would show a boot, no bundle
 * waits.
 */
function unbootedBundle(
  { proofRules }: AskingPorts,
  record: DeviceRecord | undefined,
): UnbootedBundle | null {
  const installation = record?.installation ?? null;
  if (installation === null) return null;
  const { state, bundleName, sha256, installedAt, movedAt, startedAt } = installation;
  if (state === 'installed' && !tellsBoots(record)) return null;
  const isSilent = state === 'stopped' && installedAt === null && mayBeWritten(installation);
  if (state !== 'installed' && !isSilent) return null;
  const since = movedAt ?? installedAt ?? startedAt ?? installation.offeredAt;
  const waitMs = isSilent ? proofRules.rollbackWindowMs : proofRules.stalledAfterMs;
  return { bundleName, sha256, until: new Date(since.getTime() + waitMs) };
}

function tellsBoots(record: DeviceRecord | undefined): boolean {
  if (record === undefined) return false;
  const { facts } = record.device;
  return facts.systemVersion !== null || facts.bootId !== null || slotOf(facts) !== null;
}
