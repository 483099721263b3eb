import type { IncomingMessage } from 'node:http';
import { isDeviceId } from '../../../core/device';
import { gateway } from '../../../core/device-token';
import { DomainError } from '../../../core/errors';
import type { HawkbitSettings } from '../../../core/hawkbit-settings';
import type { RequestLog } from '../../../ports/log';
import type { Clock } from '../../../ports/clock';
import type { DeviceTokens } from '../../../services/access/device-tokens';
import type { FailureLimiter } from '../../failure-limiter';
import { BoundedLine } from '../transport/bounded-line';

/** What proves the identity of a client. */
export interface AuthenticatePorts {
  readonly deviceTokens: Pick<DeviceTokens, 'check'>;
  /** The issuers that a proxy may name, in the proxy's notation and in lower case. */
  readonly authorities: readonly string[];
  /** What hawkBit's scripts have configured. */
  readonly settings: () => HawkbitSettings;
  readonly limiter: Pick<FailureLimiter, 'fail'>;
  readonly log: RequestLog;
  readonly now: Clock;
}

/** A request that claims to come from a device. */
export interface Claim {
  readonly request: Pick<IncomingMessage, 'rawHeaders'>;
  /** From the address of the request. */
  readonly controllerId: string;
  /** The client's address, for limits. */
  readonly address: string;
  /** Whether a trusted proxy passed it on. */
  readonly isProxied: boolean;
}

/**
 * Checks that a request really comes from the device that it names. The right token is always accepted, however many
 * wrong ones came before: a device with a wrong token must not lock out others behind the same address.
 * @throws DomainError `unauthenticated`, with the time to wait after too many wrong tokens from the address; `unavailable` when
 * tokens cannot be read
 */
export type Authenticate = (claim: Claim) => Promise<void>;

/** The words and the single space are the same as in hawkBit. */
const credentials = /^(TargetToken|GatewayToken) ([\x21-\x7e]{1,256})$/;

/** The shortest time between two log lines about tokens that cannot be read. */
const linePeriodMs = 1_000;

export function createAuthenticate({
  deviceTokens,
  authorities: configured,
  settings,
  limiter,
  log,
  now,
}: AuthenticatePorts): Authenticate {
  // Anyone who knows the id of a device can make this fail.
  const failures = new BoundedLine((facts, message) => log.error(facts, message), now, linePeriodMs);

  async function isTokenRight(lines: readonly string[], controllerId: string): Promise<boolean> {
    const [, scheme, token = ''] = (lines.length === 1 && credentials.exec(lines[0] ?? '')) || [];
    if (scheme === undefined) return false;
    // No one has such a token, and memory does not remember ids that are as long as a header.
    if (scheme === 'TargetToken' && !isDeviceId(controllerId)) return false;
    const { acceptsTargetTokens, acceptsGatewayToken } = settings();
    if ((scheme === 'GatewayToken' ? acceptsGatewayToken : acceptsTargetTokens) === false) return false;
    const holder = scheme === 'GatewayToken' ? gateway : ({ kind: 'device', id: controllerId } as const);
    try {
      return await deviceTokens.check(holder, token);
    } catch (error) {
      failures.write({ err: error }, 'cannot read the tokens of devices');
      throw DomainError.of('device-tokens-unreadable');
    }
  }

  function authorities(): readonly string[] {
    const { acceptsProxyHeader, proxyAuthorities } = settings();
    return acceptsProxyHeader === false ? [] : [...configured, ...(proxyAuthorities ?? [])];
  }

  /** The proxy has verified the device's certificate, and names the device and the issuer. */
  function isNamedByProxy({ request, controllerId }: Claim): boolean {
    const named = valuesOf(request, (name) => name === 'x-controller-id');
    const issuers = valuesOf(request, (name) => /^x-authority(-\d{1,2})?$/.test(name))
      .flatMap((value) => value.split(/[;,]/))
      .map((value) => value.trim().toLowerCase());
    return (
      named.length === 1 && named[0] === controllerId && issuers.some((one) => authorities().includes(one))
    );
  }

  return async (claim) => {
    const { request, controllerId, address, isProxied } = claim;
    const lines = valuesOf(request, (name) => name === 'authorization');
    const isProxysWord = lines.length === 0 && isProxied && authorities().length > 0;
    const isRight = isProxysWord ? isNamedByProxy(claim) : await isTokenRight(lines, controllerId);
    if (isRight) return;
    const retryAfterSeconds = limiter.fail(address);
    if (retryAfterSeconds > 0)
      throw DomainError.of('too-many-wrong-device-tokens', {}, { details: { retryAfterSeconds } });
    if (isProxysWord) throw DomainError.of('controller-certificate-refused');
    throw DomainError.of(lines.length === 0 ? 'device-token-needed' : 'device-token-refused');
  };
}

/** Includes repeated headers. */
function valuesOf(
  { rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>,
  isWanted: (name: string) => boolean,
): readonly string[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && isWanted(name.toLowerCase()) ? [(rawHeaders[index + 1] ?? '').trim()] : [],
  );
}
