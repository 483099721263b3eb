import { createHash, randomBytes } from 'node:crypto';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { deviceCiphers, deviceTlsOptions, trustAnchorPem } from '../../../core/device-tls';
import { DomainError } from '../../../core/errors';
import { parseAuthorities } from './issuers';

/** PEM texts. */
export interface DeviceTls {
  /** The server's certificate, and the chain that it is sent with. */
  readonly cert: string;
  readonly key: string;
  /** The CAs whose devices are let in. */
  readonly ca: string;
}

const ciphers = deviceCiphers(DEFAULT_CIPHERS);
const ticketKeysSizeBytes = 48;
/** A resumed session is checked for expiry and revocation all the same (see connections.ts). */
const sessionTimeoutSeconds = 24 * 3600;

/** The keys of TLS session tickets live as long as the CA: no session outlives the trust that it began with. */
export class TlsSettings {
  #ticketKeys = randomBytes(ticketKeysSizeBytes);
  #ca: string | undefined;

  /**
   * What a listener or a reload needs.
   * @throws DomainError `configuration` when OpenSSL cannot use it; then nothing has changed
   */
  build(tls: DeviceTls): SecureContextOptions & Pick<TlsOptions, 'ticketKeys' | 'sessionTimeout'> {
    const isNewCa = this.#ca !== undefined && this.#ca !== tls.ca;
    const ticketKeys = isNewCa ? randomBytes(ticketKeysSizeBytes) : this.#ticketKeys;
    const options = {
      cert: tls.cert,
      key: tls.key,
      ca: anchorsOf(tls.ca),
      minVersion: deviceTlsOptions.minVersion,
      ciphers,
      // Bound to the CA too. At most 32 bytes.
      sessionIdContext: createHash('sha256').update(tls.ca).digest('hex').slice(0, 32),
      sessionTimeout: sessionTimeoutSeconds,
      ticketKeys,
    };
    try {
      createSecureContext(options);
    } catch (cause) {
      throw unusable(cause);
    }
    this.#ticketKeys = ticketKeys;
    this.#ca = tls.ca;
    return options;
  }
}

/** Each CA ends a chain, an intermediate too. @throws DomainError `configuration` */
function anchorsOf(caPem: string): string {
  try {
    return parseAuthorities(caPem)
      .map(({ raw }) => trustAnchorPem(raw, 'clientAuth'))
      .join('');
  } catch (cause) {
    throw unusable(cause);
  }
}

function unusable(cause: unknown): DomainError {
  return DomainError.of('device-tls-unusable', {}, { cause });
}
