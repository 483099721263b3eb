import { hostOfUrl } from '../base/text/host-of-url';
import type { Config } from '../config/config';
import { sayWhy } from '../core/circumstances/sentences';
import { daysLeft, type Revocation } from '../core/certificate';
import { attentionReason, attentionSentence } from '../core/reasons/attention/sentences';
import { ensureCertificates } from '../pki/ensure-certificates';
import { shareIssued } from '../pki/issuance';
import { findOpenKeys } from '../pki/key-modes';
import { readRevocations } from '../pki/revocation-list';
import { coversHost, uncoveredHost } from '../pki/server-names';
import { loadServerTls, type ServerTls } from '../pki/server-tls';
import type { Clock } from '../ports/clock';
import type { SharedCertificates } from '../ports/issuance';
import type { Log } from '../ports/log';
import type { ServerCertificateStatus } from '../services/certificates/server-certificate';

/** What `certs/` contains at the start. */
export interface FoundCertificates {
  readonly tls: ServerTls;
  readonly revocations: readonly Revocation[];
  /** What was created because it was missing, as sentences. */
  readonly made: readonly string[];
  /** Keys that others can read, each with the command that fixes it. */
  readonly warnings: readonly string[];
}

/**
 * Reads the folder, and creates what is missing.
 * @param parts `shared`: what several servers know together
 * @throws DomainError `configuration`, `unavailable`
 */
export async function findCertificates(
  config: Config,
  {
    log,
    now,
    shared,
  }: { readonly log: Log; readonly now: Clock; readonly shared?: SharedCertificates | undefined },
): Promise<FoundCertificates> {
  const { certsDir, serverUrl } = config;
  const hosts = serverUrl === null ? [] : [new URL(serverUrl).hostname];
  if (shared !== undefined) await shareIssued(certsDir, shared.issuance);
  const made = await ensureCertificates(certsDir, { hosts, now, shared });
  const tls = await loadServerTls(certsDir, { shared, allowsExpired: true });
  checkServerUrl(config, tls);
  const warnings = await warnOfOpenKeys(certsDir, log);
  return { tls, revocations: await readRevocations(certsDir), made: made.map(sayWhy), warnings };
}

/** @throws DomainError `configuration` */
export function checkServerUrl({ serverUrl }: Config, { names }: ServerTls): void {
  if (serverUrl === null) return;
  const host = hostOfUrl(serverUrl);
  if (coversHost(names, host)) return;
  throw uncoveredHost(names, host, { code: 'configuration', isOfUrl: true });
}

/** Reported at the start, which continues: the admin listener tells people what to do. */
export function warnOfExpiry(
  { notAfter, renewalProblem }: ServerCertificateStatus,
  now: Date,
): readonly string[] {
  if (renewalProblem === null) return [];
  return [
    attentionSentence(
      attentionReason('server-certificate-not-renewed', {
        days: daysLeft(notAfter, now),
        hasExpired: notAfter <= now,
        why: renewalProblem.reason,
        remedy: renewalProblem.remedy,
      }),
    ),
  ];
}

/** A key that others can read still works: the start reports it and continues. */
async function warnOfOpenKeys(certsDir: string, log: Log): Promise<readonly string[]> {
  const findings = await findOpenKeys(certsDir);
  for (const { path: key, message, remedy } of findings) {
    log.warn({ key, remedy: sayWhy(remedy) }, sayWhy(message));
  }
  return findings.map(
    ({ path: key, message, remedy }) => `${key}: ${sayWhy(message)}. Run: ${sayWhy(remedy)}`,
  );
}
