import type { Bundle } from '../../core/bundle';
import type { Contact } from '../../core/contact';
import { type DeviceIdentity, type Hold, mayBe } from '../../core/device';
import { isUnsettled } from '../../core/installation-states';
import type { AskingDevice, OfferTerms, Question } from '../../core/offer-question';
import { decideOffer, type Offer } from '../../core/offer';
import type { ProofRules } from '../../core/evidence';
import type { Release } from '../../core/release';
import type { VersionRange } from '../../core/version-range';
import { describeAsking } from './asking-device';
import type { BeginInstallation } from './begin-installation';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import { describeWay } from './describe-way';
import type { DeviceContacts } from './device-contacts';
import type { Fleet } from '../devices/fleet';
import type { DeviceRecord } from '../../ports/devices';
import { changed } from '../devices/installation-events';
import type { SilentPollers } from './silent-pollers';
import type { WatchRestores } from '../startup/watch-restores';
import type { Clock } from '../../ports/clock';

/** A device's question "what should I install?". */
export interface UpdateQuestion {
  readonly identity: DeviceIdentity;
  readonly contact: Contact;
  /** What it asked for; `null` when it did not say: then what is known of it, or the default, is meant. */
  readonly compatible: string | null;
  /** It can only stream: RAUC's own poller. */
  readonly mustStream: boolean;
  /** The ETag of an answer that it had before (If-None-Match): then it does not begin to install. `null` when it says none. */
  readonly knownEtag: string | null;
  /** The hash of a bundle that it names as the one that it has seen. */
  readonly namedSha256?: string | null;
}

/** Answers devices: decides, and remembers what they were told. */
export interface OfferUpdate {
  /** Answers a device; what must not be lost is on disk when the promise resolves, if it can be. */
  ask(question: UpdateQuestion): Promise<Offer>;
  /** Whether a bundle is current for a compatible, on whatever channel. */
  isReleased(bundle: Bundle, compatible: string): boolean;
  /** What a device would be told now; changes nothing. */
  preview(
    identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
    compatible: string | null,
    how?: Pick<Question, 'mustStream'>,
  ): Offer;
}

export interface OfferPorts {
  readonly catalog: Catalog;
  readonly fleet: Fleet;
  readonly contacts: DeviceContacts;
  readonly beginInstallation: BeginInstallation;
  readonly silentPollers: Pick<SilentPollers, 'asked'>;
  readonly watchRestores: Pick<WatchRestores, 'hear' | 'hold'>;
  /** The default compatible; `null` when none is configured. */
  readonly configuredCompatible: string | null;
  /** How often a bundle may fail on a device. */
  readonly maxTries: number;
  /** How often a reboot may interrupt the installation of a bundle on a device. */
  readonly maxInterruptions: number;
  readonly proofRules: ProofRules;
  /** How long a device may still ask for what it was told of, in milliseconds. */
  readonly offerLifetimeMs: number;
  /** Why a running release must pause now; `null` when it may go on. */
  readonly pauseReason: (release: Release) => string | null;
  readonly bundleTrust: Pick<BundleTrust, 'whyNot'>;
  readonly now: Clock;
}

/** RAUC begins to install within milliseconds after the poll that found the bundle, with a request that looks like a poll. */
const installFollowsPollMs = 60_000;

export function createOfferUpdate(ports: OfferPorts): OfferUpdate {
  const { catalog, fleet, contacts, silentPollers, watchRestores, maxTries } = ports;
  const terms: OfferTerms = {
    maxTries,
    maxInterruptions: ports.maxInterruptions,
    inProgress: (releaseId) => fleet.counters.inProgress(releaseId),
    pauseReason: ports.pauseReason,
    distrust: (bundle) => ports.bundleTrust.whyNot(bundle),
  };

  function decide(device: AskingDevice, question: Question, known = terms): Offer {
    const releases = device.compatible === null ? [] : catalog.releasesOf(device.compatible);
    return decideOffer(device, releases, question, known);
  }

  /** @returns what to tell, and whether that is only what the device was told before */
  function answer(
    record: DeviceRecord,
    device: AskingDevice,
    { contact, mustStream, knownEtag }: Pick<UpdateQuestion, 'contact' | 'mustStream' | 'knownEtag'>,
  ): { readonly offer: Offer; readonly isOld: boolean } {
    const { at, transactionId } = contact;
    const current = decide(device, { at, isInstall: false, mustStream });
    // It may begin to install and not say so: then a new release must not come in between, but a person's word counts.
    const mayInstall =
      current.kind === 'bundle' && mustStream && knownEtag === null && wasJustTold(ports, record, at);
    if (transactionId === null && !mayInstall) return { offer: current, isOld: false };
    const standing = decide(device, { at, isInstall: true, mustStream });
    // What it was told of in another protocol it may not be able to install.
    if (standing.kind === 'nothing') return { offer: current, isOld: false };
    const isOther = current.kind === 'nothing' || current.bundle.sha256 !== standing.bundle.sha256;
    return { offer: standing, isOld: transactionId === null && isOther };
  }

  /** Whether an answer leaves what the device was told before as it is. */
  function isAside(
    { device: { facts }, installation }: DeviceRecord,
    device: AskingDevice,
    offer: Offer,
    { contact: { at }, compatible: asked, mustStream }: UpdateQuestion,
  ): boolean {
    if (mustStream) {
      // What it can't stream, it may have been told of in another protocol, where it still stands.
      if (offer.kind === 'bundle') return false;
      const elsewhere = decide(device, { at, isInstall: false, mustStream: false });
      return elsewhere.kind === 'bundle' && elsewhere.bundle.sha256 === installation?.sha256;
    }
    // Who names nothing hears of the default, which is not what it is.
    const isGuess = asked === null && !device.boundCompatibles.includes(offer.compatible);
    return isGuess && facts.compatible !== null && facts.compatible !== offer.compatible;
  }

  return {
    async ask(question) {
      const { identity, contact, compatible: asked, mustStream, knownEtag } = question;
      const { namedSha256 = null } = question;
      if (namedSha256 !== null) watchRestores.hear(identity.id, namedSha256);
      const poll = contact.transactionId === null ? { native: mustStream ? { knownEtag } : null } : null;
      const before = fleet.find(identity.id);
      const said = { ...withCompatible(contact, asked), isPoller: mustStream };
      const record = contacts.hear(identity, said, poll);
      if (mustStream && !record.isAside) silentPollers.asked(record.device, contact);
      const isInDoubt =
        before?.installation?.state !== 'rejected' && record.installation?.state === 'rejected';
      const told = contact.facts.compatible ?? null;
      // What it tells beside the question is its word alone.
      const named = asked ?? (told !== null && mayBe(told, identity.compatibles) ? told : null);
      // Who asks for the manifest without a name means the default; a poller is known by what it told.
      const asking = heldBy(
        watchRestores.hold(),
        describeAsking(ports, record, identity, named, !mustStream),
      );
      // It may begin to install without a word: that very question still gets the bundle, and if it reads it, all was well.
      const device = isInDoubt ? { ...asking, failures: before?.failures ?? new Map() } : asking;
      const { offer, isOld } = answer(record, device, question);
      if (!isOld && !isInDoubt && !record.isAside && !isAside(record, device, offer, question))
        remember(ports, record, offer, contact);
      await fleet.settle(identity.id);
      return offer;
    },

    isReleased: ({ sha256 }, compatible) =>
      catalog.releasesOf(compatible).some((release) => release.bundle.sha256 === sha256),

    preview(identity, asked, { mustStream } = { mustStream: false }) {
      const device = heldBy(
        watchRestores.hold(),
        describeAsking(ports, fleet.find(identity.id), identity, asked),
      );
      // For people, who can act on it; a device that polls is not made to wait for it.
      const wayTo = (range: VersionRange) => describeWay(catalog, device, range);
      return decide(device, { at: ports.now(), isInstall: false, mustStream }, { ...terms, wayTo });
    },
  };
}

/** A hold of the server's own comes after a person's. */
function heldBy(hold: Hold | null, device: AskingDevice): AskingDevice {
  return hold === null ? device : { ...device, hold: device.hold ?? hold };
}

/** What a device asks for is what it says to be. */
function withCompatible(contact: Contact, asked: string | null): Contact {
  if (asked === null) return contact;
  return { ...contact, facts: { ...contact.facts, compatible: asked } };
}

function wasJustTold({ offerLifetimeMs }: OfferPorts, { installation }: DeviceRecord, at: Date): boolean {
  if (installation === null || !isUnsettled(installation) || installation.startedAt !== null) return false;
  const toldAtMs = installation.offerEndsAt.getTime() - offerLifetimeMs;
  return Math.abs(at.getTime() - toldAtMs) <= installFollowsPollMs;
}

/** Keeps what the device was told. What has begun goes on when nothing is offered: the device may wait for its reboot. */
function remember(
  { fleet, beginInstallation }: OfferPorts,
  record: DeviceRecord,
  offer: Offer,
  contact: Contact,
): void {
  if (offer.kind === 'bundle') {
    beginInstallation(record, offer, contact);
    return;
  }
  const { device, installation } = record;
  if (installation === null || !isUnsettled(installation) || installation.startedAt !== null) return;
  const actor = { name: `device:${device.id}`, address: contact.address };
  const withdrawn = changed(
    installation,
    { state: 'withdrawn', message: offer.message },
    { at: contact.at, actor },
  );
  fleet.change(device.id, { installations: [withdrawn.installation], events: withdrawn.events });
}
