import type { IssuedFiles, IssueOptions } from '../core/certificate';
import { DomainError } from '../core/errors';
import { buildName } from '../x509/name';
import { loadAuthority } from './authority';
import { serverExtensions } from './certificate-profile';
import { ensureFolder } from './durable-file';
import { writeFilePair } from './file-pair';
import { type FolderContext, serialSizeBytes } from './folder-context';
import { withFolderLock } from './folder-lock';
import { readLastIssuedAt, recordIssued } from './issuance-log';
import { exportPrivateKey, exportPublicKey, type KeyPair, makeKeyPair } from './private-key';
import { findingsOf } from './prove-authority';
import { proveCertificate } from './prove-certificates';
import { parseServerNames } from './server-names';
import { keyIdentifier, signCertificate } from './sign-certificate';
import { summarizeCertificate } from './summarize-certificate';
import { defaultDays, planValidity } from './validity';

const commonNameMaxLength = 64; // RFC 5280, appendix A, ub-common-name

/**
 * Makes the device listener's certificate. Nothing is written before a client that knows `ca.crt` took it in a handshake.
 * @param lonelyKey the `server.key` that lies in the folder without its certificate: to go on where a start was killed
 * @throws DomainError `invalid-input` for a bad name, `conflict` when there is one and it is not forced, `configuration`
 */
export async function issueServer(
  { dir, now, random }: FolderContext,
  request: IssueOptions & { readonly names: readonly string[]; readonly ips: readonly string[] },
  lonelyKey?: KeyPair,
): Promise<IssuedFiles> {
  const at = now();
  const names = parseServerNames(request);
  const { certificate: ca, keys: caKeys, all: cas } = await loadAuthority(dir);
  const { notBefore, notAfter, warnings } = planValidity(
    at,
    { asked: request.days, byDefault: defaultDays.server },
    { issuer: ca, lastIssuedAt: await readLastIssuedAt(dir) },
  );
  const keys = lonelyKey ?? (await makeKeyPair(request.key ?? 'ec'));
  const spkiDer = exportPublicKey(keys.publicKey);
  const certificate = signCertificate(
    {
      serial: random(serialSizeBytes),
      issuerDer: ca.subjectDer,
      subject: buildName(commonNameOf(names.map(({ value }) => value))),
      notBefore,
      notAfter,
      spkiDer,
      extensions: serverExtensions(
        { subject: keyIdentifier(spkiDer), issuer: ca.subjectKeyId ?? keyIdentifier(ca.spkiDer) },
        names,
      ),
    },
    caKeys,
  );
  const refusal = await proveCertificate({
    purpose: 'serverAuth',
    certificate,
    privateKey: keys.privateKey,
    issuer: ca,
    cas,
  });
  const proved = findingsOf('this server certificate', refusal);
  const summary = summarizeCertificate(certificate);
  await ensureFolder(dir);
  return await withFolderLock(dir, async () => {
    const files = await writeFilePair(
      {
        folder: dir,
        name: 'server',
        certificatePem: certificate.toString(),
        keyPem: lonelyKey === undefined ? exportPrivateKey(keys.privateKey) : null,
        keepsKey: lonelyKey !== undefined,
        force: request.force === true,
      },
      at,
      () => recordIssued(dir, 'server', summary, at),
    );
    return { certificate: summary, ...files, warnings: [...warnings, ...proved] };
  });
}

/** Clients look at the subjectAltName alone (RFC 9525, section 6.3); the CN is for people. */
function commonNameOf(names: readonly string[]): string {
  const [first] = names;
  if (first === undefined)
    throw new DomainError('invalid-input', 'a server certificate needs a name or address');
  return first.length <= commonNameMaxLength ? first : 'rauc-simple-server';
}
