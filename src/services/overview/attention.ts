import { type AttentionKind, maxSubjects } from '../../core/attention-kind';
import { describeBoard } from '../../core/board';
import type { CertificateInventory, CertificateSummary, KnownCertificate } from '../../core/certificate';
import type { Bundle } from '../../core/bundle';
import type { Budget } from '../../core/budget';
import { type Crash, partLeftOut } from '../../core/crash';
import { namedImages } from '../../core/image-check';
import type { TroubledState } from '../../core/installation-states';
import type { Release } from '../../core/release';
import type { Webhook } from '../../core/webhook';
import type { ServerCertificateStatus } from '../certificates/server-certificate';
import { ofServerCertificate } from './server-certificate-attention';
import type { BundleTrust } from '../catalog/bundle-trust';
import { type Excess, sumOf } from './over-budget';
import type {
  SharedCertificate,
  SilentPollerCount,
  StoppedDevices,
  TroubledDevices,
} from '../../ports/fleet-counts';

/** Something that a person should look at. */
export interface AttentionItem {
  readonly kind: AttentionKind;
  /** How many there are of it. */
  readonly count: number;
  readonly compatible?: string;
  readonly channel?: string;
  readonly releaseId?: number;
  readonly bundleName?: string;
  readonly deviceId?: string;
  /** A sentence for people. */
  readonly message: string;
  /** What a person may dismiss of it, such as ids of releases; missing when it goes away by itself alone. */
  readonly subjects?: readonly string[];
}

export interface AttentionFacts {
  readonly at: Date;
  readonly releases: readonly Release[];
  /** Bundles that devices are pinned to. */
  readonly pinned: readonly { readonly bundle: Bundle; readonly devices: number }[];
  readonly bundleTrust: Pick<BundleTrust, 'whyUntrusted' | 'endsAt'>;
  /** What people dismissed. */
  readonly dismissed: readonly { readonly kind: string; readonly subject: string }[];
  readonly troubled: readonly TroubledDevices[];
  /** Devices that stopped reading a bundle, at least {@link stoppedNoticeMs} ago. */
  readonly stopped: readonly StoppedDevices[];
  /** When the database was last taken for an older copy, and why. */
  readonly lastRestore: { readonly id: string; readonly reason: string; readonly at: Date } | undefined;
  /** Devices whose certificate two boards use; at most {@link maxSharedCertificates}. */
  readonly shared: readonly SharedCertificate[];
  readonly otherClaims: { readonly devices: number; readonly ids: readonly string[] };
  readonly silentPollers: readonly SilentPollerCount[];
  /** Who went beyond what one device may use, the most frequent first. */
  readonly overBudget: readonly Excess[];
  readonly decided: { readonly waiting: number; readonly held: number };
  readonly inventory: CertificateInventory;
  /** The server's own certificate, where a server runs that looks after it. */
  readonly serverCertificate?: ServerCertificateStatus | undefined;
  /** Devices that came with a certificate that does not say what it is for. */
  readonly oldCertificates: readonly string[];
  readonly webhooks: readonly Webhook[];
  /** How the run before ended, if it was an exception that nothing caught. */
  readonly lastCrash?: Crash | undefined;
  readonly freeBytes: number;
  readonly largestBundleBytes: number;
}

const dayMs = 86_400_000;
/** Enough to renew by hand. A certificate that expired longer ago is of a device that nobody misses. */
const expiryNoticeDays = 30;
const smallestRoomBytes = 1 << 30;
/** Devices name their compatible themselves: there may be many. */
const maxTroubles = 100;
/** Of devices that are named one by one. */
export const maxSharedCertificates = 20;
const maxExcesses = 20;
/** So long a device may wait for its reboot before anybody looks. */
export const stoppedNoticeMs = dayMs;
/** Releases that a sentence names. */
const maxNamed = 5;

/** What a person should look at, in the order in which it matters. */
export function findAttention(facts: AttentionFacts): readonly AttentionItem[] {
  const { at, releases, decided, inventory, webhooks } = facts;
  const items: AttentionItem[] = [];
  const note = (item: AttentionItem) => {
    if (item.count > 0) items.push(item);
  };
  if (facts.lastRestore !== undefined) note(ofRestore(facts.lastRestore, facts.dismissed));
  for (const { id, compatible, channel, bundle, rollout } of releases) {
    if (rollout.state !== 'paused') continue;
    const reason = rollout.reason === null ? '' : `: ${rollout.reason}`;
    const message = `the rollout of ${bundle.name} to ${compatible} (${channel}) is paused${reason}`;
    note({ kind: 'paused-rollout', count: 1, compatible, channel, releaseId: id, message });
  }
  for (const item of [...ofPins(facts), ...ofImages(facts), ...ofSigners(facts)]) note(item);
  note(ofInheritedDowngrades(facts));
  for (const trouble of [...facts.troubled].sort((a, b) => b.devices - a.devices).slice(0, maxTroubles)) {
    note(ofTrouble(trouble));
  }
  for (const stopped of facts.stopped.slice(0, maxTroubles)) note(ofStopped(stopped));
  for (const shared of facts.shared) note(ofShared(shared));
  const { devices: claims, ids } = facts.otherClaims;
  note({
    kind: 'other-compatible',
    count: claims,
    message: `${counted(claims, 'device')} of another compatible than the certificate says, by their own word: ${named(ids, claims)}. The certificate counts; issue another one if it is wrong`,
  });
  for (const silent of facts.silentPollers) note(ofSilentPoller(silent));
  for (const excess of facts.overBudget.slice(0, maxExcesses)) note(ofExcess(excess));
  const { waiting, held } = decided;
  note({
    kind: 'waiting',
    count: waiting,
    message: `${counted(waiting, 'device')} to be admitted by a person`,
  });
  note({ kind: 'held', count: held, message: `${counted(held, 'device')} held, and offered nothing` });
  note(ofExpiry('ca-certificate-expiring', 'CA', inventory.ca, at));
  if (facts.serverCertificate === undefined)
    note(ofExpiry('server-certificate-expiring', 'server', inventory.server, at));
  else for (const item of ofServerCertificate(facts.serverCertificate, at)) note(item);
  const expiring = newestOfEach(inventory.devices).filter(
    ({ notAfter }) => Math.abs(daysLeft(notAfter, at)) < expiryNoticeDays,
  ).length;
  note({
    kind: 'certificate-expiring',
    count: expiring,
    message: `${counted(expiring, 'device')} with a certificate that expires within ${expiryNoticeDays} days, or has expired lately`,
  });
  note(ofOldCertificates(facts));
  const failing = webhooks.filter(({ isEnabled, failingSince }) => isEnabled && failingSince !== null);
  note({
    kind: 'webhook-failing',
    count: failing.length,
    message: `events can't be delivered to ${failing.map(({ name }) => name).join(', ')}`,
  });
  if (facts.lastCrash !== undefined) note(ofCrash(facts.lastCrash));
  const neededBytes = Math.max(smallestRoomBytes, 2 * facts.largestBundleBytes);
  const message = `${Math.floor(facts.freeBytes / (1 << 20))} MiB are left for bundles and the database`;
  note({ kind: 'storage', count: facts.freeBytes < neededBytes ? 1 : 0, message });
  return items;
}

/** A release that is not trusted is a paused rollout; a pin has none. */
function ofPins({ pinned, bundleTrust }: AttentionFacts): AttentionItem[] {
  return pinned.flatMap(({ bundle, devices }): AttentionItem[] => {
    const why = bundleTrust.whyUntrusted(bundle);
    if (why === null) return [];
    const message = `${bundle.name} is not trusted any more, and not offered to ${counted(devices, 'device')} pinned to it: ${why}`;
    return [{ kind: 'bundle-untrusted', count: devices, bundleName: bundle.name, message }];
  });
}

/** Bundles that are released or pinned, each once. */
function usedBundles({ releases, pinned }: AttentionFacts): readonly Bundle[] {
  const used = [...releases, ...pinned].map(({ bundle }) => [bundle.name, bundle] as const);
  return [...new Map(used).values()];
}

/** A bundle that devices download as a whole and then refuse. */
function ofImages(facts: AttentionFacts): AttentionItem[] {
  return usedBundles(facts).flatMap(({ name, imageCheck }): AttentionItem[] => {
    if (imageCheck.state !== 'mismatch') return [];
    const message = `${name} does not have the images that its manifest says, and devices refuse to install it: ${namedImages(imageCheck.files)}; build it again and release that`;
    return [{ kind: 'images-mismatch', count: 1, bundleName: name, message }];
  });
}

/** A bundle whose signer runs out is refused by every device, however sound it is. */
function ofSigners(facts: AttentionFacts): AttentionItem[] {
  const { at, bundleTrust } = facts;
  return usedBundles(facts).flatMap((bundle): AttentionItem[] => {
    const endsAt = bundleTrust.endsAt(bundle);
    const days = endsAt === null ? expiryNoticeDays : daysLeft(endsAt, at);
    if (days >= expiryNoticeDays) return [];
    const what = `a certificate of the signer of ${bundle.name}`;
    const message =
      days < 0
        ? `${what} has expired: devices refuse the bundle; sign it anew and release that`
        : `${what} expires in ${counted(days, 'day')}: devices refuse the bundle then; sign it anew and release that`;
    return [{ kind: 'signer-expiring', count: 1, bundleName: bundle.name, message }];
  });
}

/** Releases made before anybody was asked whether devices may go down to them. */
function ofInheritedDowngrades({ releases, dismissed }: AttentionFacts): AttentionItem {
  const kind = 'downgrade-allowed';
  const seen = new Set(dismissed.filter((one) => one.kind === kind).map(({ subject }) => subject));
  const inherited = releases.filter(
    ({ id, rollout: { policy } }) => policy.isDowngradeInherited === true && !seen.has(String(id)),
  );
  const named = inherited
    .slice(0, maxNamed)
    .map(({ bundle, compatible, channel }) => `${bundle.name} for ${compatible} (${channel})`);
  const others = inherited.length - named.length;
  const which = [...named, ...(others === 0 ? [] : [`${others} more`])].join(', ');
  const reach = inherited.length === 1 ? 'also reaches' : 'also reach';
  return {
    kind,
    count: inherited.length,
    message: `${counted(inherited.length, 'release')} from before the upgrade ${reach} devices that run a newer version: ${which}`,
    subjects: inherited.slice(0, maxSubjects).map(({ id }) => String(id)),
  };
}

/** Whole days until then; negative when it is over. */
export function daysLeft(notAfter: Date, at: Date): number {
  return Math.floor((notAfter.getTime() - at.getTime()) / dayMs);
}

function ofExpiry(
  kind: AttentionItem['kind'],
  name: string,
  certificate: CertificateSummary | null,
  at: Date,
): AttentionItem {
  const days = certificate === null ? expiryNoticeDays : daysLeft(certificate.notAfter, at);
  const when = days < 0 ? 'has expired' : `expires in ${counted(days, 'day')}`;
  const message = `the ${name} certificate ${when}: devices can't connect then`;
  return { kind, count: days < expiryNoticeDays ? 1 : 0, message };
}

/** Those that came with one, and those whose newest one in the folder is one. */
function ofOldCertificates({ oldCertificates, inventory, at }: AttentionFacts): AttentionItem {
  const filed = newestOfEach(inventory.devices).filter(({ isOld, notAfter }) => isOld && notAfter > at);
  const ids = [...new Set([...oldCertificates, ...filed.map(({ deviceId }) => deviceId)])].sort();
  const [have, their] = ids.length === 1 ? ['has', 'its'] : ['have', 'their'];
  const message =
    `${counted(ids.length, 'device')} ${have} a certificate that does not say what it is for, as an earlier server made them: ` +
    `${named(ids.slice(0, maxNamed), ids.length)}. Make ${their} next one with: cert device <id> --force, or --csr for a key that stays on ` +
    'the device, and bring it there. When none is left, set OLD_CERTIFICATES=refuse.';
  return { kind: 'old-certificate', count: ids.length, message };
}

function ofCrash(crash: Crash): AttentionItem {
  const part = partLeftOut(crash);
  const leftOut = part === null ? '' : ` It runs without ${part} until its next restart.`;
  return {
    kind: 'crashed',
    count: 1,
    message: `the server ended by an error of its own and was started again: ${crash.message}.${leftOut}`,
  };
}

const troubleWords = {
  failed: 'failed on',
  'rolled-back': 'was rolled back on',
  rejected: 'was rejected by',
  lost: 'came to no end on',
  interrupted: 'was interrupted by a reboot on',
} as const satisfies Readonly<Record<TroubledState, string>>;

function ofTrouble({ compatible, channel, state, devices }: TroubledDevices): AttentionItem {
  const place = compatible === null ? 'of an unknown compatible' : `of ${compatible} (${channel})`;
  return {
    kind: state,
    count: devices,
    ...(compatible === null ? {} : { compatible }),
    channel,
    message: `the latest installation ${troubleWords[state]} ${counted(devices, 'device')} ${place}`,
  };
}

function ofStopped({ compatible, channel, devices }: StoppedDevices): AttentionItem {
  const place = compatible === null ? 'of an unknown compatible' : `of ${compatible} (${channel})`;
  const [it, waits] = devices === 1 ? ['it', 'waits for its reboot'] : ['they', 'wait for their reboot'];
  return {
    kind: 'stopped',
    count: devices,
    ...(compatible === null ? {} : { compatible }),
    channel,
    message:
      `${counted(devices, 'device')} ${place} stopped reading the bundle over a day ago and did not reboot: the installation failed, or ${it} ${waits}. ` +
      "Look at RAUC's log there, then reboot, or call the installation off (device cancel)",
  };
}

/** What was decided after the copy was made is lost, which only people can know. */
function ofRestore(
  { id, reason, at }: NonNullable<AttentionFacts['lastRestore']>,
  dismissed: AttentionFacts['dismissed'],
): AttentionItem {
  const kind = 'database-restored';
  const isSeen = dismissed.some((one) => one.kind === kind && one.subject === id);
  const message =
    `${reason} (${at.toISOString().slice(0, 16)}Z). Rollouts are paused, and devices with a pin are held: ` +
    'upload and release what was published since, resume or abort each rollout, lift the holds that are right, then dismiss this';
  return { kind, count: isSeen ? 0 : 1, message, subjects: [id] };
}

function ofShared({ deviceId, own, other }: SharedCertificate): AttentionItem {
  const message =
    `two boards use the certificate of ${deviceId}: one has ${describeBoard(own)}; the other has ${describeBoard(other)}. ` +
    'Issue the other one a certificate under a name of its own, then clear the device.';
  return { kind: 'second-board', count: 1, deviceId, message };
}

const headerWords = { 'boot-id': 'boot id', 'system-version': 'version' } as const;

function ofSilentPoller({ omits, devices, ids }: SilentPollerCount): AttentionItem {
  const missing = omits.map((name) => headerWords[name]).join(' and ');
  const [poll, their] = devices === 1 ? ['polls', 'its'] : ['poll', 'their'];
  const message =
    `${counted(devices, 'device')} that ${poll} by update.raucb without telling ${their} ${missing}: ${named(ids, devices)}. ` +
    'Nobody learns there what came of an update, and a bundle that does not boot is tried again. ' +
    `In system.conf, under [streaming], add to send-headers: send-headers=${omits.join(';')}`;
  return { kind: 'silent-poller', count: devices, message };
}

const excessWords: Readonly<Record<Budget, string>> = {
  memory: 'answers that it does not read',
  resets: 'requests that it gives up at once',
  connections: 'connections at a time',
  handshakes: 'TLS handshakes',
  requests: 'requests a minute',
  journal: 'lines of the journal an hour',
};

function ofExcess({ holder, times }: Excess): AttentionItem {
  const words = [...times.keys()].map((budget) => excessWords[budget]).join(', ');
  const what = `more than a device may use, refused ${counted(sumOf(times), 'time')} lately: ${words}`;
  if ('address' in holder) {
    const message =
      `${holder.address} asks for ${what}. If a proxy for devices is there, name it in TRUSTED_PROXIES; ` +
      'otherwise find out what it is, or block it in the firewall.';
    return { kind: 'over-budget', count: 1, message };
  }
  const { deviceId } = holder;
  const message =
    `${deviceId} asks for ${what}. Look at what runs there; ` +
    `if nobody can say, revoke its certificate: rauc-simple-server cert revoke ${deviceId}`;
  return { kind: 'over-budget', count: 1, deviceId, message };
}

function named(ids: readonly string[], count: number): string {
  return `${ids.join(', ')}${count > ids.length ? ' and others' : ''}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A device that has a new one does not miss the old. They come by device, the newest first. */
function newestOfEach(certificates: readonly KnownCertificate[]): readonly KnownCertificate[] {
  const valid = certificates.filter(({ revokedAt }) => revokedAt === null);
  return valid.filter(({ deviceId }, index) => valid[index - 1]?.deviceId !== deviceId);
}
