import { RecentMap } from '../base/collections/recent-map';
import { type CertificateFields, isIssuedBy, mayIssueFor, readCertificate } from './certificate-fields';

/** How many intermediates are remembered: more than any fleet has. */
const maxRemembered = 64;
/** The most CAs between a device and a CA of `ca.crt`. */
const maxDepth = 8;

/**
 * Finds the CA in `ca.crt` that answers for a device: the one that issued its certificate, or the one above an intermediate that
 * the device sent. A CA with one of its own intermediates in `ca.crt` answers for that one and for what it issued directly, but
 * not for its other intermediates.
 */
export class DeviceIssuers {
  /** The CAs that answer for their intermediates. */
  readonly #open: readonly CertificateFields[];
  /**
   * Intermediates that were found good, latest last, each with the CA above it. A resumed TLS session brings no chain.
   */
  readonly #remembered = new RecentMap<
    string,
    { readonly ca: CertificateFields; readonly above: CertificateFields }
  >(maxRemembered);

  /** @param listed the CAs of `ca.crt` that may issue device certificates */
  constructor(private readonly listed: readonly CertificateFields[]) {
    this.#open = listed.filter(
      (ca) => !listed.some((other) => !isSameKey(other, ca) && isIssuedBy(other, ca)),
    );
  }

  find(device: CertificateFields): CertificateFields | undefined {
    const direct = this.listed.find((ca) => isIssuedBy(device, ca));
    if (direct !== undefined || this.#open.length === 0) return direct;
    const known = [...this.#remembered.entries()].find(([, { ca }]) => isIssuedBy(device, ca))?.[1];
    if (known !== undefined) {
      this.#remember(known.ca, known.above);
      return known.above;
    }
    const chain = chainAbove(device);
    const [issuer] = chain;
    if (issuer === undefined) return undefined;
    const above = nearestAbove(chain, this.listed);
    if (above === undefined || !this.#open.includes(above)) return undefined;
    this.#remember(issuer, above);
    return above;
  }

  #remember(ca: CertificateFields, above: CertificateFields): void {
    this.#remembered.set(ca.x509.fingerprint256, { ca, above });
  }
}

/** The first CA of `ca.crt` on the way up. */
function nearestAbove(
  chain: readonly CertificateFields[],
  listed: readonly CertificateFields[],
): CertificateFields | undefined {
  for (const one of chain) {
    const above = listed.find((ca) => isIssuedBy(one, ca));
    if (above !== undefined) return above;
  }
  return undefined;
}

/** The intermediates sent with a certificate, each signed by the next, as long as they may issue device certificates. */
function chainAbove(device: CertificateFields): CertificateFields[] {
  const chain: CertificateFields[] = [];
  let below = device;
  // Node orders them by their names alone, which proves nothing.
  for (let { issuerCertificate: x509 } = device.x509; x509 !== undefined; x509 = x509.issuerCertificate) {
    const ca = readCertificate(x509);
    if (!mayIssueFor(ca, 'clientAuth') || !isIssuedBy(below, ca) || chain.length === maxDepth) break;
    chain.push(ca);
    below = ca;
  }
  return chain;
}

/** One CA with two certificates, such as a self-signed and a cross-signed one. */
function isSameKey(one: CertificateFields, other: CertificateFields): boolean {
  return one.spkiDer.equals(other.spkiDer);
}
