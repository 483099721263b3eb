import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { hostOfUrl } from '../../base/text/host-of-url';

/** What listens at an address: TLS for anyone, TLS with client certificates, or no TLS. */
export type MetServer = 'https' | 'client-certificates' | 'unknown';

/** The command has failed already, so its user waits no longer than this to learn why, in milliseconds. */
const limitMs = 3_000;

/**
 * Finds out what answers TLS at a server's address, without checking its certificate. It sends only a health request.
 * Over TLS 1.3 a server that asks for client certificates ends the connection only after the handshake (RFC 8446,
 * section 4.4.2.4), without an answer.
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
