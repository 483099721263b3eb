import { daysLeft } from '../../core/certificate';
import { hostOption, renewalNoticeMs } from '../../core/server-certificate';
import type { ServerCertificateStatus } from '../certificates/server-certificate';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';

/** What needs attention about the server's certificate; nothing while it renews itself. */
export function ofServerCertificate(status: ServerCertificateStatus, at: Date): readonly AttentionItem[] {
  return [...ofRenewal(status, at), ...ofHeldBack(status), ...ofMissedNames(status)];
}

function ofRenewal({ renewalProblem, notAfter }: ServerCertificateStatus, at: Date): AttentionItem[] {
  const leftMs = notAfter.getTime() - at.getTime();
  if (renewalProblem === null || leftMs >= renewalNoticeMs) return [];
  const reason = attentionReason('server-certificate-not-renewed', {
    days: daysLeft(notAfter, at),
    hasExpired: leftMs <= 0,
    why: renewalProblem.reason,
    remedy: renewalProblem.remedy,
  });
  return [{ kind: 'server-certificate-expiring', count: 1, reason }];
}

function ofHeldBack({ heldBack, notAfter }: ServerCertificateStatus): AttentionItem[] {
  if (heldBack === null) return [];
  const kind = 'server-certificate-held-back';
  const until = notAfter.toISOString();
  if (heldBack.kind === 'expired') {
    const expiredAt = heldBack.notAfter.toISOString();
    return [
      { kind, count: 1, reason: attentionReason('new-server-certificate-expired', { expiredAt, until }) },
    ];
  }
  const { names } = heldBack;
  const missed = { names, options: names.map(hostOption) };
  const reason = attentionReason('new-server-certificate-misses-names', { ...missed, until });
  return [{ kind, count: names.length, reason }];
}

function ofMissedNames({ missedNames: names }: ServerCertificateStatus): AttentionItem[] {
  if (names.length === 0) return [];
  const kind = 'server-certificate-misses-names';
  const reason = attentionReason(kind, { names, options: names.map(hostOption) });
  return [{ kind, count: names.length, reason }];
}
