import type { Boards } from '../../core/board';
import { freshReason, isJudged, judgeFresh, takeBack } from '../../core/board-evidence';
import { type Contact, slotOf } from '../../core/contact';
import type { Actor, NewEvent } from '../../core/event';
import type { Evidence, ProofRules } from '../../core/evidence';
import type { Installation, InstallationChange } from '../../core/installation';
import { judgeContact } from '../../core/proof';
import type { Recognized } from '../../core/recognize-board';
import { changed } from '../devices/installation-events';

/** What follows from a contact for an installation. */
export interface Judged {
  /** `null` if unchanged. */
  readonly installation: Installation | null;
  readonly events: readonly NewEvent[];
  /** Whether the board starts afresh. */
  readonly isFresh: boolean;
  /** Whether the change only helps to judge the next contact. */
  readonly isHint: boolean;
  readonly boards: Boards;
}

/**
 * What a contact says about a device's latest installation, if it comes from the same board.
 * @param latest `null` if it never had one
 */
export function judgeInstallation(
  latest: Installation | null,
  contact: Contact,
  { boards, sight, isPoll, native, boot }: Recognized & Pick<Evidence, 'isPoll' | 'native' | 'boot'>,
  actor: Actor,
  proofRules: ProofRules,
): Judged {
  const cause = { at: contact.at, actor };
  const isFreshSight = freshReason(sight) !== undefined;
  const start = { ...boards, freshAt: contact.at };
  if (latest === null)
    return {
      installation: null,
      events: [],
      isFresh: isFreshSight,
      isHint: false,
      boards: isFreshSight ? start : boards,
    };
  const back = sight === 'found' && boards.second !== null ? takeBack(latest, boards.second.other) : null;
  const first = back === null ? undefined : changed(latest, back, cause);
  const installation = first?.installation ?? latest;
  const { bootId = null, systemVersion = null } = contact.facts;
  const slot = slotOf(contact.facts);
  const evidence = {
    isPoll,
    native,
    boot,
    at: contact.at,
    transactionId: null,
    bootId,
    slot,
    systemVersion,
    ...(contact.reportsWriting === true ? { reportsWriting: true as const } : {}),
  };
  const proof = isJudged(boards, installation) ? judgeContact(installation, evidence, proofRules) : null;
  const { change, isFresh } = isFreshSight
    ? judgeFresh(installation, sight, proof)
    : { change: proof, isFresh: false };
  const last = change === null ? undefined : changed(installation, change, cause);
  return {
    installation: last?.installation ?? first?.installation ?? null,
    events: [...(first?.events ?? []), ...(last?.events ?? [])],
    isFresh,
    isHint: first === undefined && change !== null && isHint(change),
    boards: isFresh ? start : boards,
  };
}

/** A poll does not wait for data that only helps to judge the next contact. */
function isHint(change: InstallationChange): boolean {
  return Object.keys(change).every((key) => key === 'silentPolls' || key === 'signature');
}
