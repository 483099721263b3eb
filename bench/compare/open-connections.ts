import { readFileSync } from 'node:fs';

const established = '01';
/** 127.0.0.1, where all contenders listen: a client on another address of loopback may have the same port. */
const serverAddress = '0100007F';

/**
 * Connections that a server on this machine has not closed: the client cannot tell while it is not reading. IPv4
 * only; see `/proc/net/tcp` in proc(5).
 */
export function openConnections(serverPort: number): number {
  const port = serverPort.toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return lines.filter((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return local === `${serverAddress}:${port}` && state === established;
  }).length;
}
