import { createHash, randomBytes } from 'node:crypto';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { deviceCiphers, deviceTlsOptions, trustAnchorPem } from '../../../core/device-tls';
import { DomainError } from '../../../core/errors';
import type { Clock } from '../../../ports/clock';
import { parseAuthorities } from './issuers';
import { secretOfKey, ticketKeysOf } from './ticket-keys';

/** PEM texts. */
export interface DeviceTls {
  /** The server's certificate, with the chain that is sent along. */
  readonly cert: string;
  readonly key: string;
  /** The CAs whose devices are admitted. */
  readonly ca: string;
}

const ciphers = deviceCiphers(DEFAULT_CIPHERS);
const ticketSecretSizeBytes = 32;
/** Expiry and revocation are checked for resumed sessions too (see connections.ts). */
const sessionTimeoutSeconds = 24 * 3600;

export interface TlsSettingsOptions {
  readonly now: Clock;
  /**
   * Whether servers with the same files resume each other's TLS sessions. If so, anyone who obtains the server's key can read
   * recorded TLS 1.2 connections. Otherwise a session ends with the process.
   */
  readonly sharesTickets: boolean;
}

/** What the listener gets from files: certificates, CAs, and the keys of session tickets, which follow from them. */
export class TlsSettings {
  readonly #ownSecret = randomBytes(ticketSecretSizeBytes);
  #inUse: { readonly tls: DeviceTls; readonly ticketKeys: Buffer } | undefined;

  constructor(private readonly options: TlsSettingsOptions) {}

  /**
   * Builds what a listener or a reload needs.
   * @throws DomainError `configuration` if OpenSSL cannot use it; nothing has changed then
   */
  build(tls: DeviceTls): SecureContextOptions & Pick<TlsOptions, 'ticketKeys' | 'sessionTimeout'> {
    const anchors = anchorsOf(tls.ca);
    const ticketKeys = this.#ticketKeysFor(tls);
    const options = {
      cert: tls.cert,
      key: tls.key,
      ca: anchors,
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
    this.#inUse = { tls, ticketKeys };
    return options;
  }

  /** The ticket keys of the present day, if those in use are another day's. */
  newTicketKeys(): Buffer | undefined {
    if (this.#inUse === undefined) return undefined;
    const { tls, ticketKeys: old } = this.#inUse;
    const ticketKeys = this.#ticketKeysFor(tls);
    if (ticketKeys.equals(old)) return undefined;
    this.#inUse = { tls, ticketKeys };
    return ticketKeys;
  }

  /** @throws DomainError `configuration` for a key that cannot be read */
  #ticketKeysFor({ key, ca }: DeviceTls): Buffer {
    const { now, sharesTickets } = this.options;
    return ticketKeysOf(sharesTickets ? secretOf(key) : this.#ownSecret, ca, now());
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

function secretOf(key: string): Uint8Array {
  try {
    return secretOfKey(key);
  } catch (cause) {
    throw unusable(cause);
  }
}

function unusable(cause: unknown): DomainError {
  return DomainError.of('device-tls-unusable', {}, { cause });
}
