import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { ServerTrust } from '../core/certificate';
import { trustAnchorPem } from '../core/device-tls';
import { DomainError } from '../core/errors';
import { displayName } from '../x509/name';
import { loadAuthorities } from './authority';
import { type CertificateFields, isIssuedBy, readCertificate } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { readIfExists } from './durable-file';
import { shakeHands } from './handshake';
import { namesOf } from './plan-server-names';
import { exportPrivateKey, readPrivateKey } from './private-key';
import { aboutDates } from './prove-certificates';
import { coversHost, uncoveredHost } from './server-names';

/** The most CAs between a server certificate and its root; public ones have one or two. */
const maxDepth = 8;

/**
 * Finds what a device has to trust to reach the server under a host, and tries it in a handshake if the server's key is here.
 * @param host the host of the URL that the device will use, without brackets
 * @param publicRoots PEM: the CAs that clients trust by themselves
 * @returns `null` when there is no server certificate here, as on a machine that only issues
 * @throws DomainError `conflict` when a device that knows `ca.crt` would refuse the server; `configuration` for files that cannot be read
 */
export async function findServerTrust(
  dir: string,
  host: string,
  publicRoots: readonly string[],
): Promise<ServerTrust | null> {
  const path = join(dir, 'server.crt');
  const pem = await readIfExists(path);
  if (pem === undefined) return null;
  const [leaf, ...sentAlong] = readCertificates(pem, path, 'configuration');
  if (leaf === undefined) throw new Error('a file of no certificates was read');
  const names = namesOf(leaf).map(({ value }) => value);
  if (!coversHost(names, host)) throw uncoveredHost(names, host, { code: 'conflict', isOfUrl: false });
  const authorities = await loadAuthorities(dir);
  const root = findRoot(leaf, { sentAlong, authorities, publicRoots });
  const anchors = authorities.map((ca) =>
    isIssuedBy(ca, ca) ? ca.x509.toString() : trustAnchorPem(ca.x509.raw, 'serverAuth'),
  );
  const verdict = await tryHandshake(dir, { leaf, pem, ca: anchors.join('') + (root?.toString() ?? '') });
  if (verdict !== null) throw refused(path, verdict);
  if (root === null) return { extraRoot: null };
  return { extraRoot: { name: displayName(readCertificate(root).subject), pem: root.toString() } };
}

interface Known {
  readonly sentAlong: readonly CertificateFields[];
  readonly authorities: readonly CertificateFields[];
  readonly publicRoots: readonly string[];
}

/**
 * Follows the chain up from the server certificate.
 * @returns the root that is needed in addition to `ca.crt`; `null` when `ca.crt` has a CA of the chain
 * @throws DomainError `conflict` when the chain ends at a CA that is not available here
 */
function findRoot(leaf: CertificateFields, known: Known): X509Certificate | null {
  let below = leaf;
  for (let depth = 0; depth <= maxDepth; depth += 1) {
    const child = below;
    if (known.authorities.some((ca) => isIssuedBy(child, ca))) return null;
    const root = findPublicRoot(child, known.publicRoots);
    if (root !== undefined) return root;
    const above = known.sentAlong.find((ca) => ca !== child && isIssuedBy(child, ca));
    if (above === undefined) break;
    if (isIssuedBy(above, above)) return above.x509;
    below = above;
  }
  throw DomainError.of('server-of-unknown-ca', { issuer: displayName(below.issuer) });
}

function findPublicRoot(
  { x509 }: CertificateFields,
  publicRoots: readonly string[],
): X509Certificate | undefined {
  for (const pem of publicRoots) {
    const root = new X509Certificate(pem);
    if (x509.checkIssued(root) && x509.verify(root.publicKey)) return root;
  }
  return undefined;
}

/**
 * Connects as a device does, apart from the device's clock.
 * @returns why it failed; also `null` if the key is elsewhere
 */
async function tryHandshake(
  dir: string,
  { leaf, pem, ca }: { readonly leaf: CertificateFields; readonly pem: string; readonly ca: string },
): Promise<string | null> {
  const path = join(dir, 'server.key');
  const keyPem = await readIfExists(path);
  if (keyPem === undefined) return null;
  const { privateKey } = readPrivateKey(keyPem, path, 'configuration');
  // The pair is just being replaced, which takes two steps.
  if (!leaf.x509.checkPrivateKey(privateKey)) return null;
  const verdict = await shakeHands(
    { cert: pem, key: exportPrivateKey(privateKey) },
    { ca, checkServerIdentity: () => undefined },
  );
  return verdict !== null && aboutDates.has(verdict) ? null : verdict;
}

function refused(path: string, verdict: string): DomainError {
  return DomainError.of('server-refused-by-devices', { file: path, verdict });
}
