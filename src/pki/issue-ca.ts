import { join } from 'node:path';
import type { CertificateWarning, IssuedFiles, IssueOptions } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import { toDer } from '../x509/der-writer';
import { buildName } from '../x509/name';
import { readCertificate } from './certificate-fields';
import { caExtensions } from './certificate-profile';
import { closeFreshFolder, ensureFolder } from './durable-file';
import { exists, writeFilePair } from './file-pair';
import { type FirstStart, recordMade } from './first-start';
import { type FolderContext, serialSizeBytes } from './folder-context';
import { withFolderLock } from './folder-lock';
import { lastIssuedAt } from './issuance';
import { exportPrivateKey, exportPublicKey, makeKeyPair } from './private-key';
import { findingsOf, proveAuthority } from './prove-authority';
import { keyIdentifier, signCertificate } from './sign-certificate';
import { summarizeCertificate } from './summarize-certificate';
import { makeTokenKey } from './token-key';
import { defaultDays, planValidity } from './validity';

// eslint-disable-next-line words/no-sentences -- a name, which stays in certificates
const defaultCommonName = 'RAUC Simple Server CA';
const commonNameMaxLength = 64; // RFC 5280, appendix A, ub-common-name

/**
 * Makes the CA.
 * @param start for a first start
 * @throws DomainError `conflict` when there is one already and replacing it is not forced
 */
export async function issueCa(
  context: FolderContext,
  request: IssueOptions & { readonly commonName?: string },
  start?: FirstStart,
): Promise<IssuedFiles> {
  const { dir, now, random, shared } = context;
  const lonelyKey = start?.lonelyKey;
  const at = now();
  const { notBefore, notAfter, warnings } = planValidity(
    at,
    { asked: request.days, byDefault: defaultDays.ca },
    { lastIssuedAt: await lastIssuedAt(context) },
  );
  const name = buildName(checkCommonName(request.commonName ?? defaultCommonName));
  const keys = lonelyKey ?? (await makeKeyPair(request.key ?? 'ec'));
  const spkiDer = exportPublicKey(keys.publicKey);
  const keyId = keyIdentifier(spkiDer);
  const certificate = signCertificate(
    {
      serial: random(serialSizeBytes),
      issuerDer: toDer(name),
      subject: name,
      notBefore,
      notAfter,
      spkiDer,
      extensions: caExtensions({ subject: keyId, issuer: keyId }),
    },
    keys,
  );
  const fields = readCertificate(certificate);
  const { device, server } = await proveAuthority([fields], fields, keys);
  const proved = [
    ...findingsOf(circumstance('certificate-of-this-ca', { role: 'device' }), device),
    ...findingsOf(circumstance('certificate-of-this-ca', { role: 'server' }), server),
  ];
  const summary = summarizeCertificate(certificate);
  await ensureFolder(dir);
  await closeFreshFolder(dir);
  const issued = await withFolderLock(dir, async () => {
    const orphans = await warnOfOrphans(dir);
    const certificatePem = certificate.toString();
    const files = await writeFilePair(
      {
        folder: dir,
        name: 'ca',
        certificatePem,
        keyPem: lonelyKey === undefined ? exportPrivateKey(keys.privateKey) : null,
        keepsKey: lonelyKey !== undefined,
        force: request.force === true,
      },
      at,
      () => recordMade(context, { role: 'ca', certificate: summary, certificatePem, at }, start),
    );
    return { certificate: summary, ...files, warnings: [...warnings, ...proved, ...orphans] };
  });
  if (shared !== undefined) await makeTokenKey(dir); // servers make none
  return issued;
}

/** Warns that an earlier CA may have issued certificates here, which a new CA does not cover. */
export async function warnOfOrphans(dir: string): Promise<CertificateWarning[]> {
  const isFirst = !(await exists(join(dir, 'server.crt'))) && !(await exists(join(dir, 'devices')));
  if (isFirst) return [];
  return [{ code: 'issued-by-another-ca', message: circumstance('earlier-ca-possible') }];
}

function checkCommonName(commonName: string): string {
  const isPrintable = !/[\p{C}\p{Zl}\p{Zp}]/u.test(commonName) && commonName.trim() === commonName;
  if (commonName === '' || commonName.length > commonNameMaxLength || !isPrintable) {
    throw DomainError.of('ca-name-invalid', {
      name: commonName.slice(0, 80),
      maxLength: commonNameMaxLength,
    });
  }
  return commonName;
}
