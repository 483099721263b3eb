import { join } from 'node:path';
import type { CertificateWarning, IssuedFiles, KeyType } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { CreateServerRequest } from '../ports/certificates';
import type { CertificateFields } from './certificate-fields';
import { buildName } from '../x509/name';
import { type Authority, loadAuthority } from './authority';
import { readCertificates } from './certificate-pem';
import { ensureFolder, readIfExists } from './durable-file';
import { writeFilePair } from './file-pair';
import { type FirstStart, recordMade } from './first-start';
import { type FolderContext, serialSizeBytes } from './folder-context';
import { withFolderLock } from './folder-lock';
import { lastIssuedAt } from './issuance';
import { makeServerCertificate } from './make-server-certificate';
import { namesOf, planServerNames } from './plan-server-names';
import { exportPrivateKey, makeKeyPair } from './private-key';
import { summarizeCertificate } from './summarize-certificate';
import { defaultDays, planValidity } from './validity';

const commonNameMaxLength = 64; // RFC 5280, appendix A, ub-common-name

/**
 * Issues the device listener's certificate. Nothing is written before a client that knows `ca.crt` has accepted it in a
 * handshake.
 * @param start for a first start
 * @throws DomainError `invalid-input` for a bad name, `conflict` when there is one already and replacing it is not
 * forced, `configuration`
 */
export async function issueServer(
  context: FolderContext,
  request: CreateServerRequest,
  start?: FirstStart,
): Promise<IssuedFiles> {
  const { dir, now } = context;
  planServerNames({ ...request, dropNames: [] }, null); // bad names are reported first
  const authority = await loadAuthority(dir);
  await ensureFolder(dir);
  return await withFolderLock(dir, () => issue(context, authority, request, now(), start));
}

async function issue(
  context: FolderContext,
  authority: Authority,
  request: CreateServerRequest,
  at: Date,
  start: FirstStart | undefined,
): Promise<IssuedFiles> {
  const { dir, random } = context;
  const lonelyKey = start?.lonelyKey;
  const current = request.keepsNames === true ? await readCurrent(dir) : nothing;
  const names = planServerNames(request, current.leaf === null ? null : namesOf(current.leaf));
  const validity = planValidity(
    at,
    { asked: request.days, byDefault: defaultDays.server },
    { issuer: authority.certificate, lastIssuedAt: await lastIssuedAt(context) },
  );
  const keys = lonelyKey ?? (await makeKeyPair(request.key ?? keyTypeOf(current.leaf)));
  const subject = buildName(commonNameOf(names.map(({ value }) => value)));
  const serial = random(serialSizeBytes);
  const made = await makeServerCertificate(authority, { serial, subject, names, validity, keys });
  const summary = summarizeCertificate(made.certificate);
  const certificatePem = made.certificate.toString() + chainOf(current.sentAlong, authority.certificate);
  const files = await writeFilePair(
    {
      folder: dir,
      name: 'server',
      certificatePem,
      keyPem: lonelyKey === undefined ? exportPrivateKey(keys.privateKey) : null,
      keepsKey: lonelyKey !== undefined,
      force: request.force === true,
    },
    at,
    () => recordMade(context, { role: 'server', certificate: summary, certificatePem, at }, start),
  );
  return {
    certificate: summary,
    ...files,
    warnings: [...validity.warnings, ...made.warnings, ...current.warnings],
  };
}

interface Current {
  readonly leaf: CertificateFields | null;
  /** The chain that is sent with it. */
  readonly sentAlong: readonly CertificateFields[];
  readonly warnings: readonly CertificateWarning[];
}

const nothing: Current = { leaf: null, sentAlong: [], warnings: [] };

/** The existing certificate. An unreadable one is useless to devices too, so it is simply replaced. */
async function readCurrent(dir: string): Promise<Current> {
  const path = join(dir, 'server.crt');
  const pem = await readIfExists(path);
  if (pem === undefined) return nothing;
  try {
    const [leaf = null, ...sentAlong] = readCertificates(pem, path, 'configuration');
    return { leaf, sentAlong, warnings: [] };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const message = circumstance('names-not-kept', { file: path });
    return { ...nothing, warnings: [{ code: 'names-unknown', message }] };
  }
}

/**
 * The CAs that were sent with a certificate, for the next certificate of the same CA.
 * @returns PEM; empty when they led to another CA
 */
export function chainOf(sentAlong: readonly CertificateFields[], issuer: CertificateFields): string {
  if (sentAlong[0]?.spkiDer.equals(issuer.spkiDer) !== true) return '';
  return sentAlong.map(({ x509 }) => x509.toString()).join('');
}

/** Keeps the type of key: devices that need RSA still need it. */
function keyTypeOf(current: CertificateFields | null): KeyType {
  return current?.x509.publicKey.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec';
}

/** Clients check only the subjectAltName (RFC 9525, section 6.3); the CN is for people. */
function commonNameOf(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined) throw DomainError.of('server-without-name');
  return first.length <= commonNameMaxLength ? first : 'rauc-simple-server';
}
