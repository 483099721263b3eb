import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Whether an address is a trusted proxy. */
export type IsTrustedProxy = (address: string) => boolean;

/** @param networks addresses, or networks as `10.0.0.0/8` */
export function createIsTrustedProxy(networks: readonly string[]): IsTrustedProxy {
  const trusted = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** An address in its plain form: IPv4 also on a socket that speaks both. */
export function plainAddress(address: string | undefined): string | null {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;
}

/**
 * The caller's address, for the journal and for limits; it never decides who may do what. Behind a trusted proxy it is
 * the last address of `X-Forwarded-For` that is not a trusted proxy itself: everything before it may be forged.
 * @returns `null` when the connection is gone
 */
export function clientAddress(
  { socket, headers }: Pick<IncomingMessage, 'headers' | 'socket'>,
  isTrusted: IsTrustedProxy,
): string | null {
  const peer = plainAddress(socket.remoteAddress);
  if (peer === null || !isTrusted(peer)) return peer;
  let known = peer;
  for (const entry of String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .reverse()) {
    const address = addressOf(entry.trim());
    if (address === null) return known;
    known = address;
    if (!isTrusted(address)) return address;
  }
  return known;
}

/** `192.0.2.1`, `192.0.2.1:1234`, `2001:db8::1`, `[2001:db8::1]:1234`. */
function addressOf(entry: string): string | null {
  const [, bracketed, dotted] =
    /^(?:\[([0-9a-f:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/i.exec(entry) ?? [];
  const address = bracketed ?? dotted ?? entry;
  return isIP(address) === 0 ? null : plainAddress(address);
}
