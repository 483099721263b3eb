import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { hostOfUrl } from '../../base/text/host-of-url';
import { circumstance } from '../../core/circumstances/catalogue';
import type { Circumstance } from '../../core/reasons/why';
import type { RefuseReceiver } from '../../ports/webhooks';
import { isLocalAddress } from './allowed-address';

type OnResolved = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** Which hosts outbound requests may call. */
export interface CallRules {
  /** Allow calls to receivers on this machine and its link. */
  readonly allowLocal: boolean;
  /** Default: the system's resolver. */
  readonly resolve?: (hostname: string, callback: OnResolved) => void;
}

/** A host that cannot be called, or must not be. */
export class UncallableHost extends Error {
  constructor(readonly why: Circumstance) {
    super(why.code);
  }
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
        callback(new UncallableHost(addresses.length === 0 ? noAddress(hostname) : localHost(hostname)), '');
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
export function refusedLiteral(url: URL, { allowLocal }: CallRules): Circumstance | null {
  const literal = hostOfUrl(url);
  return !allowLocal && isIP(literal) !== 0 && isLocalAddress(literal) ? localHost(literal) : null;
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
        const isKnown = error === null && addresses.length > 0;
        const isRefused = isKnown && addresses.every(({ address }) => isLocalAddress(address));
        resolve(isRefused ? localHost(url.hostname) : null);
      });
    });
  };
}

function systemLookup(hostname: string, callback: OnResolved): void {
  lookup(hostname, { all: true }, callback);
}

function localHost(host: string): Circumstance {
  return circumstance('receiver-is-local', { host });
}

function noAddress(host: string): Circumstance {
  return circumstance('receiver-without-address', { host });
}
