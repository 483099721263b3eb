import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { hostOfUrl } from '../../base/text/host-of-url';
import type { RefuseReceiver } from '../../ports/webhooks';
import { isLocalAddress } from './allowed-address';

type OnResolved = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** Whom outbound requests may call. */
export interface CallRules {
  /** Allow calls to receivers on this machine and its link. */
  readonly allowLocal: boolean;
  /** The system's resolver when left out. */
  readonly resolve?: (hostname: string, callback: OnResolved) => void;
}

/**
 * Resolves names to addresses that may be called. It answers only through its callback, whatever the resolver does.
 */
export function guardedLookup({ allowLocal, resolve = systemLookup }: CallRules): LookupFunction {
  return (hostname, { all }, callback) => {
    const onResolved: OnResolved = (error, addresses) => {
      if (error !== null) {
        callback(error, ''); // no addresses then
        return;
      }
      const allowed = allowLocal ? addresses : addresses.filter(({ address }) => !isLocalAddress(address));
      const [first] = allowed;
      if (first === undefined)
        callback(new Error(addresses.length === 0 ? `${hostname} has no address` : refusal(hostname)), '');
      else if (all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    };
    try {
      resolve(hostname, onResolved);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), '');
    }
  };
}

/** @returns why a URL whose host is an address may not be called; `null` when it may, or its host is a name */
export function refusedLiteral(url: URL, { allowLocal }: CallRules): string | null {
  const literal = hostOfUrl(url);
  return !allowLocal && isIP(literal) !== 0 && isLocalAddress(literal) ? refusal(literal) : null;
}

const patienceMs = 2_000;

/** Creates the check of a URL before it is stored. */
export function createRefuseReceiver(rules: CallRules): RefuseReceiver {
  return async (text) => {
    const url = new URL(text);
    const refused = refusedLiteral(url, rules);
    if (refused !== null || rules.allowLocal || isIP(hostOfUrl(url)) !== 0) return refused;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), patienceMs);
      (rules.resolve ?? systemLookup)(url.hostname, (error, addresses) => {
        clearTimeout(timer);
        const isLocal = error === null && addresses.length > 0;
        resolve(
          isLocal && addresses.every(({ address }) => isLocalAddress(address)) ? refusal(url.hostname) : null,
        );
      });
    });
  };
}

function systemLookup(hostname: string, callback: OnResolved): void {
  lookup(hostname, { all: true }, callback);
}

function refusal(host: string): string {
  return `${host} is a loopback or link-local address, which webhooks may not call (WEBHOOK_ALLOW_LOCAL)`;
}
