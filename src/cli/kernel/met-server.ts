import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { hostOfUrl } from '../../base/text/host-of-url';

/** What listens at an address: something that speaks TLS, and takes strangers or asks for client certificates; or none of it. */
export type MetServer = 'https' | 'client-certificates' | 'unknown';

/** A command has failed already: its reader waits no longer than this to know why. */
const limitMs = 3_000;

/**
 * Looks what answers TLS at the address of a server, whoever it says to be. Nothing but a question for its health is sent. Over TLS 1.3 a
 * server that asks for client certificates ends the connection only after the handshake (RFC 8446, section 4.4.2.4), without an answer.
 */
export function meetServer(address: string): Promise<MetServer> {
  const host = hostOfUrl(address);
  const { port, protocol } = new URL(address);
  return new Promise((resolve) => {
    let isGreeted = false;
    const socket = connect({
      host,
      port: Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port),
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const settle = (met: MetServer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(met);
    };
    const timer = setTimeout(() => settle('unknown'), limitMs);
    socket.once('secureConnect', () => {
      isGreeted = true;
      socket.write(`GET /health HTTP/1.1\r\nHost: ${new URL(address).host}\r\nConnection: close\r\n\r\n`);
    });
    socket.once('data', () => settle('https'));
    socket.once('error', () => settle(isGreeted ? 'client-certificates' : 'unknown'));
    socket.once('close', () => settle(isGreeted ? 'client-certificates' : 'unknown'));
  });
}
