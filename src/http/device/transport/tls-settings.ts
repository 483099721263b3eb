import { createHash, randomBytes } from 'node:crypto';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { deviceCiphers, deviceTlsOptions, trustAnchorPem } from '../../../core/device-tls';
import { DomainError } from '../../../core/errors';
import { parseAuthorities } from './issuers';

/** PEM texts. */
export interface DeviceTls {
  /** The server's certificate, with the chain that is sent along. */
  readonly cert: string;
  readonly key: string;
  /** The CAs whose devices are admitted. */
  readonly ca: string;
}

const ciphers = deviceCiphers(DEFAULT_CIPHERS);
const ticketKeysSizeBytes = 48;
/** Expiry and revocation are checked for resumed sessions too (see connections.ts). */
const sessionTimeoutSeconds = 24 * 3600;

/** The keys of TLS session tickets live as long as the CA: no session outlives the trust it began with. */
export class TlsSettings {
  #ticketKeys = randomBytes(ticketKeysSizeBytes);
  #ca: string | undefined;

  /**
   * Builds what a listener or a reload needs.
   * @throws DomainError `configuration` if OpenSSL cannot use it; nothing has changed then
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
      // Also bound to the CA. At most 32 bytes.
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

/** Each CA ends a chain, even an intermediate. @throws DomainError `configuration` */
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
