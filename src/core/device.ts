import { DomainError } from './errors';

/** What the verified client certificate tells about the other side of a connection. */
export interface DeviceIdentity {
  /** The CN, compared exactly. */
  readonly id: string;
  /** Lower-case hex serial of the certificate. */
  readonly certificateSerial: string;
  /** Compatibles that the certificate is bound to; empty means that it is bound to none in particular. */
  readonly compatibles: readonly string[];
}

export const deviceIdMaxLength = 64;
const deviceIdPattern = /^[A-Za-z0-9_][A-Za-z0-9._:@+-]*$/;

export function isDeviceId(id: string): boolean {
  return id.length <= deviceIdMaxLength && deviceIdPattern.test(id);
}

/**
 * Checks a device id, which becomes a CN (at most 64 characters, RFC 5280 appendix A) and a file name.
 * @throws DomainError `invalid-input`
 */
export function parseDeviceId(id: string): string {
  if (!isDeviceId(id)) {
    throw new DomainError('invalid-input', `${JSON.stringify(id.slice(0, 80))} is not a device id`, {
      remedy: `Use letters, digits and ". _ : @ + -", not starting with a dot or dash, at most ${deviceIdMaxLength} characters.`,
    });
  }
  return id;
}
