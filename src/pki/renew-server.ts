import { join } from 'node:path';
import type { CertificateSummary, RenewedServer } from '../core/certificate';
import { DomainError } from '../core/errors';
import { isRenewalDue } from '../core/server-certificate';
import { type CertificateFields, isIssuedBy } from './certificate-fields';
import { embed } from '../x509/der-writer';
import { loadAuthorities, loadAuthority } from './authority';
import { readCertificates } from './certificate-pem';
import { certificateMode, readIfExists, replaceFile } from './durable-file';
import { type CertificatePlace, type FolderContext, serialSizeBytes } from './folder-context';
import { withFolderLock } from './folder-lock';
import { allIssued, lastIssuedAt, recordIssued } from './issuance';
import { chainOf } from './issue-server';
import { makeServerCertificate } from './make-server-certificate';
import { namesOf } from './plan-server-names';
import { readPrivateKey } from './private-key';
import { summarizeCertificate, summarizeFields } from './summarize-certificate';
import { defaultDays, planValidity } from './validity';

/** The certificate before the last renewal. */
export const renewedName = 'server.crt.renewed.old';

const dayMs = 86_400_000;

/**
 * Renews the server certificate shortly before it expires, with the same names, key and CA. Because the key stays, devices that
 * pin it keep working. Only one file is replaced, in one step, so a kill at any point leaves a working pair. Nothing is written
 * until a client that knows `ca.crt` has accepted it in a handshake.
 * @returns `null` when it is not due, or another process has done it
 * @throws DomainError `configuration` and others, with the remedy, when a renewal is due and fails
 */
export async function renewServer(context: FolderContext): Promise<RenewedServer | null> {
  const { dir, now, random } = context;
  if (context.isReadOnly === true) return refuseIfDue(context);
  return await withFolderLock(dir, async () => {
    const at = now();
    const { leaf, sentAlong, pem } = await readServer(dir);
    const replaced = summarizeFields(leaf);
    const issuedAt = await findIssuedAt(context, replaced);
    if (!isRenewalDue(leaf.notAfter, issuedAt, at)) return null;
    const authority = await loadAuthority(dir);
    const issuer = authority.certificate;
    if (!isIssuedBy(leaf, issuer)) throw ofAnotherCa(dir);
    const keys = await readServerKey(dir, leaf);
    const validity = planValidity(
      at,
      { asked: undefined, byDefault: issuedAt === null ? defaultDays.server : lifeDays(leaf, issuedAt) },
      { issuer, lastIssuedAt: await lastIssuedAt(context) },
    );
    if (validity.notAfter <= leaf.notAfter) throw noLonger(issuer);
    const { certificate, warnings } = await makeServerCertificate(authority, {
      serial: random(serialSizeBytes),
      subject: embed(leaf.subjectDer),
      names: namesOf(leaf),
      validity,
      keys,
    });
    const summary = summarizeCertificate(certificate);
    await replaceFile(join(dir, renewedName), pem, certificateMode);
    const certificatePem = certificate.toString() + chainOf(sentAlong, issuer);
    await recordIssued(context, { role: 'server', certificate: summary, certificatePem, at });
    await replaceFile(join(dir, 'server.crt'), certificatePem, certificateMode);
    return { certificate: summary, replaced, warnings };
  });
}

/** A command renews it where the folder can be written. @throws DomainError `configuration` when that is due */
async function refuseIfDue(context: FolderContext): Promise<null> {
  const { dir, now } = context;
  const { leaf } = await readServer(dir);
  if (!isRenewalDue(leaf.notAfter, await findIssuedAt(context, summarizeFields(leaf)), now())) return null;
  const authorities = await loadAuthorities(dir);
  if (!authorities.some((ca) => isIssuedBy(leaf, ca))) throw ofAnotherCa(dir);
  throw DomainError.of('renewal-by-command');
}

async function readServer(dir: string) {
  const path = join(dir, 'server.crt');
  const pem = await readIfExists(path);
  if (pem === undefined) throw missing(path);
  const [leaf, ...sentAlong] = readCertificates(pem, path, 'configuration');
  if (leaf === undefined) throw new Error('a file of no certificates was read');
  return { leaf, sentAlong, pem };
}

async function readServerKey(dir: string, leaf: CertificateFields) {
  const path = join(dir, 'server.key');
  const pem = await readIfExists(path);
  if (pem === undefined) throw missing(path);
  const keys = readPrivateKey(pem, path, 'configuration');
  if (leaf.x509.checkPrivateKey(keys.privateKey)) return keys;
  throw DomainError.of('key-not-of-certificate', { key: path, certificate: 'server.crt' });
}

/** `null` for a certificate that was not made here. */
async function findIssuedAt(
  place: CertificatePlace,
  { fingerprint }: CertificateSummary,
): Promise<Date | null> {
  const issued = await allIssued(place);
  return issued.findLast((one) => one.fingerprint === fingerprint)?.issuedAt ?? null;
}

function lifeDays({ notAfter }: CertificateFields, issuedAt: Date): number {
  return Math.max(Math.round((notAfter.getTime() - issuedAt.getTime()) / dayMs), 1);
}

function missing(path: string): DomainError {
  return DomainError.of('file-to-renew-missing', { file: path });
}

function ofAnotherCa(dir: string): DomainError {
  return DomainError.of('renewal-of-another-ca', { file: join(dir, 'ca.key') });
}

function noLonger({ notAfter }: CertificateFields): DomainError {
  return DomainError.of('ca-expires-first', { at: notAfter.toISOString() });
}
