import { daysLeft } from '../../core/certificate';
import { hostOption, renewalNoticeMs } from '../../core/server-certificate';
import type { ServerCertificateStatus } from '../certificates/server-certificate';
import type { AttentionItem } from './attention-item';
import { inDays } from './attention-words';

/** Names that a sentence has. */
const maxNamed = 5;

/** What people have to do about the server's certificate. Nothing while it renews itself. */
export function ofServerCertificate(status: ServerCertificateStatus, at: Date): readonly AttentionItem[] {
  return [...ofRenewal(status, at), ...ofHeldBack(status), ...ofMissedNames(status)];
}

function ofRenewal({ renewalProblem, notAfter }: ServerCertificateStatus, at: Date): AttentionItem[] {
  const leftMs = notAfter.getTime() - at.getTime();
  if (renewalProblem === null || leftMs >= renewalNoticeMs) return [];
  const { reason, remedy } = renewalProblem;
  const days = daysLeft(notAfter, at);
  const when =
    leftMs <= 0
      ? "has expired: devices can't connect"
      : `expires ${inDays(days)}: devices cannot connect then`;
  const message = `the server certificate ${when}. It cannot renew itself: ${reason}. ${remedy}`;
  return [{ kind: 'server-certificate-expiring', count: 1, message }];
}

function ofHeldBack({ heldBack, notAfter }: ServerCertificateStatus): AttentionItem[] {
  if (heldBack === null) return [];
  const kind = 'server-certificate-held-back';
  const until = `The previous one stays in use and expires on ${notAfter.toISOString().slice(0, 10)}.`;
  if (heldBack.kind === 'expired') {
    const expired = heldBack.notAfter.toISOString().slice(0, 10);
    const message = `the new server certificate is not in use: it expired on ${expired}. ${until} Create it again with: cert server --force`;
    return [{ kind, count: 1, message }];
  }
  const { names } = heldBack;
  const message =
    `the new server certificate is not in use: it does not cover ${listed(names)}, which devices asked for in the last 7 days. ${until} ` +
    `Create it again with: cert server ${asOptions(names)} --force. It is used anyway after a restart, or 7 days after a device last asked for such a name.`;
  return [{ kind, count: names.length, message }];
}

function ofMissedNames({ missedNames }: ServerCertificateStatus): AttentionItem[] {
  if (missedNames.length === 0) return [];
  const message =
    `the server certificate does not cover ${listed(missedNames)}, which devices asked for in the last 7 days: those devices cannot connect. ` +
    `Create it again with: cert server ${asOptions(missedNames)} --force`;
  return [{ kind: 'server-certificate-misses-names', count: missedNames.length, message }];
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, maxNamed).join(', ')}${names.length > maxNamed ? ' and others' : ''}`;
}

function asOptions(names: readonly string[]): string {
  return names.slice(0, maxNamed).map(hostOption).join(' ');
}
