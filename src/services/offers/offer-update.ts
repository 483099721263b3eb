import type { Contact } from '../../core/contact';
import { type DeviceIdentity, mayBe } from '../../core/device';
import type { Asked } from '../../core/device-event';
import { isUnsettled } from '../../core/installation-states';
import type { AskingDevice } from '../../core/offer-question';
import type { Offer } from '../../core/offer';
import { circumstance } from '../../core/circumstances/catalogue';
import { limitReasons } from '../../core/offer-verdict';
import { noLimitsAtAll } from '../../core/protocol';
import type { ReleaseNumbers } from '../../ports/device-updates';
import type { DeviceRecord } from '../../core/device-record';
import type { DeviceDraft } from '../devices/device-draft';
import { changed } from '../devices/installation-events';
import type { WatchRestores } from '../startup/watch-restores';
import type { BeginInstallation } from './begin-installation';
import type { DeviceContacts, HeardDevice } from './device-contacts';
import type { EndAssignment } from './end-assignment';
import { continuesEarlierBundle } from './follow-numbers';
import type { OfferDecisions } from './offer-decisions';
import type { SilentPollers } from './silent-pollers';

/**
 * Answers a device that asks what to install, and remembers the answer: on disk when the promise resolves, if possible.
 */
export type OfferUpdate = (identity: DeviceIdentity, asked: Asked) => Promise<Offer>;

export interface OfferPorts {
  readonly contacts: DeviceContacts;
  readonly decisions: OfferDecisions;
  readonly endAssignment: EndAssignment;
  readonly beginInstallation: BeginInstallation;
  readonly silentPollers: Pick<SilentPollers, 'asked'>;
  readonly watchRestores: Pick<WatchRestores, 'hear'>;
  /** How long a device may still ask for what it was offered, in milliseconds. */
  readonly offerLifetimeMs: number;
}

/** RAUC begins to install within milliseconds of the poll that found the bundle, with a request that looks like a poll. */
const installFollowsPollMs = 60_000;

export function createOfferUpdate(ports: OfferPorts): OfferUpdate {
  const { contacts, decisions, endAssignment, silentPollers, watchRestores } = ports;

  /** @returns what to tell the device, and whether that only repeats the previous answer */
  function answer(
    releases: ReleaseNumbers,
    record: DeviceRecord,
    device: AskingDevice,
    { contact: { at, transactionId }, limits, native }: Asked,
  ): { readonly offer: Offer; readonly isOld: boolean } {
    const isStanding = device.standing !== null && at < device.standing.endsAt;
    const current = () => decisions.decide(releases, device, { at, isInstall: false, limits });
    const install = () => decisions.decide(releases, device, { at, isInstall: true, limits });
    if (transactionId !== null) {
      const offer = install();
      // It may be unable to install what it was offered over another protocol.
      return { offer: offer.kind === 'nothing' && isStanding ? current() : offer, isOld: false };
    }
    const offer = current();
    // It may begin to install without saying so: a new release must not interfere then, but a person's decision counts.
    const mayInstall =
      offer.kind === 'bundle' && native?.knownEtag === null && wasJustTold(ports, record, at);
    if (!mayInstall || !isStanding || isAbout(device.standing, offer)) return { offer, isOld: false };
    const standing = install();
    if (standing.kind === 'nothing') return { offer, isOld: false };
    return { offer: standing, isOld: offer.bundle.sha256 !== standing.bundle.sha256 };
  }

  /** Whether the device's previous answer stays valid beside a new one. */
  function keepsOldOffer(
    releases: ReleaseNumbers,
    record: DeviceRecord,
    device: AskingDevice,
    offer: Offer,
    asked: Asked,
  ): boolean {
    return asked.meansDefault
      ? isGuess(record, device, offer, asked)
      : standsElsewhere(releases, record, device, offer, asked);
  }

  /** A bundle that this protocol cannot carry may have been offered over another one, where the offer is still valid. */
  function standsElsewhere(
    releases: ReleaseNumbers,
    record: DeviceRecord,
    device: AskingDevice,
    offer: Offer,
    { contact: { at } }: Asked,
  ): boolean {
    if (offer.kind === 'bundle' || !limitReasons.includes(offer.reason)) return false;
    if (!canBeWithdrawn(record)) return false;
    const elsewhere = decisions.decide(releases, device, { at, isInstall: false, limits: noLimitsAtAll });
    return elsewhere.kind === 'bundle' && elsewhere.bundle.sha256 === record.installation.sha256;
  }

  /** Answers a device, and records what must be kept of the answer. */
  function offerTo(identity: DeviceIdentity, asked: Asked, heard: HeardDevice, draft: DeviceDraft): Offer {
    const { contact, compatible } = asked;
    const { before, releases } = draft;
    const isInDoubt = before?.installation?.state !== 'rejected' && heard.installation?.state === 'rejected';
    const told = contact.facts.compatible ?? null;
    // What it reports counts only if its certificate allows it.
    const named = compatible ?? (told !== null && mayBe(told, identity.compatibles) ? told : null);
    const asking = decisions.describe(releases, heard, identity, named, asked.meansDefault);
    // If it begins to install without saying so, this very request still gets the bundle. If it then reads the bundle, nothing
    // was wrong.
    const device = isInDoubt ? { ...asking, failures: before?.failures ?? new Map() } : asking;
    const { offer, isOld } = answer(releases, heard, device, asked);
    if (!isOld && !isInDoubt && !heard.isDoubtful && !keepsOldOffer(releases, heard, device, offer, asked))
      remember(ports, draft, offer, asked);
    return offer;
  }

  return async (identity, asked) => {
    const { contact, compatible, native, namedSha256 } = asked;
    if (namedSha256 !== null) await watchRestores.hear(identity.id, namedSha256); // it may stop this very offer
    const said = { isPoller: native !== null, ...withCompatible(contact, compatible) };
    const poll = contact.transactionId === null ? { native } : null;
    const asking = { at: contact.at, tellsTerms: asked.limits.tellsTerms === true };
    const answering = (heard: HeardDevice, draft: DeviceDraft) => ({
      heard,
      offer: offerTo(identity, asked, heard, draft),
    });
    // A pin that should end is ended before anything is offered: what people decided is on disk before it takes effect.
    const first = await contacts.hear(identity, said, poll, (heard, draft) => {
      const ending = endAssignment.pinToEnd(draft.before, asking);
      return ending === null ? answering(heard, draft) : { ending };
    });
    if ('ending' in first) await endAssignment.end(identity.id, first.ending, asking);
    const { heard, offer } = 'ending' in first ? await contacts.hear(identity, said, poll, answering) : first;
    if (native !== null && !heard.isDoubtful) silentPollers.asked(heard, contact);
    return offer;
  };
}

/** A device that asks for a compatible claims to be of it. */
function withCompatible(contact: Contact, asked: string | null): Contact {
  if (asked === null) return contact;
  return { ...contact, facts: { ...contact.facts, compatible: asked } };
}

function wasJustTold({ offerLifetimeMs }: OfferPorts, { installation }: DeviceRecord, at: Date): boolean {
  if (installation === null || !isUnsettled(installation) || installation.startedAt !== null) return false;
  const toldAtMs = installation.offerEndsAt.getTime() - offerLifetimeMs;
  return Math.abs(at.getTime() - toldAtMs) <= installFollowsPollMs;
}

/** Whether an offer is the current one, so that one answer serves both. */
function isAbout(standing: AskingDevice['standing'], offer: Offer): boolean {
  if (standing === null || offer.kind === 'nothing') return false;
  if (offer.bundle.sha256 !== standing.bundle.sha256) return false;
  return offer.release === null || offer.release.id === standing.releaseId;
}

/** A device that names no compatible is answered for the default, which may not be its own. */
function isGuess(
  { device: { facts } }: DeviceRecord,
  { boundCompatibles }: AskingDevice,
  offer: Offer,
  { compatible }: Asked,
): boolean {
  if (compatible !== null || boundCompatibles.includes(offer.compatible)) return false;
  return facts.compatible !== null && facts.compatible !== offer.compatible;
}

type WithInstallation = DeviceRecord & { readonly installation: NonNullable<DeviceRecord['installation']> };

/** A begun installation continues if nothing is offered: the device may be waiting for its reboot. */
function canBeWithdrawn(record: DeviceRecord): record is WithInstallation {
  const { installation } = record;
  if (installation === null || !isUnsettled(installation)) return false;
  // A device that is asked to stop answers, even if it has not begun.
  return installation.startedAt === null && installation.state !== 'cancelling';
}

/** Records what the device was offered. */
function remember(
  { beginInstallation }: OfferPorts,
  draft: DeviceDraft,
  offer: Offer,
  { contact, limits }: Asked,
): void {
  if (offer.kind === 'bundle') {
    if (limits.followsNumbers !== true || !continuesEarlierBundle(offer.bundle, draft, contact))
      beginInstallation(draft, offer, contact);
    return;
  }
  const { record } = draft;
  if (!canBeWithdrawn(record)) return;
  const actor = { name: `device:${record.device.id}`, address: contact.address };
  const { code, parameters } = offer.because;
  const change = {
    state: 'withdrawn',
    message: circumstance('no-longer-offered', { refusal: { code, parameters } }),
  } as const;
  const withdrawn = changed(record.installation, change, { at: contact.at, actor });
  draft.change(withdrawn.installation, withdrawn.events);
}
