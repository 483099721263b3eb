import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { connect, createServer, type ConnectionOptions, type TLSSocket, type TlsOptions } from 'node:tls';
import { systemErrorCode } from '../base/files/system-error';

/** A certificate with its chain, and its key; all PEM. */
export interface Presented {
  readonly cert: string;
  readonly key: string;
}

/**
 * A TLS handshake in memory, without a port.
 * @returns why it failed, in OpenSSL's words; `null` when both sides accepted it
 */
export async function shakeHands(server: TlsOptions, client: ConnectionOptions): Promise<string | null> {
  const [near, far] = duplexPair();
  try {
    const listener = createServer(server);
    const outcome = new Promise<string | null>((resolve) => {
      listener.on('secureConnection', (socket) => {
        socket.on('error', () => undefined);
        resolve(null);
      });
      listener.on('tlsClientError', (error, socket) => resolve(verdictOf(error, socket)));
    });
    const socket = connect({ ...client, socket: far });
    const asked = new Promise<string | null>((resolve) => {
      socket.on('error', (error) => resolve(verdictOf(error, socket)));
    });
    const greeted = once(socket, 'secureConnect').then(() => outcome);
    greeted.catch(() => undefined); // the client's error says why
    listener.emit('connection', near);
    // A client that does not trust the server knows why; the server only gets an alert.
    return await Promise.race([asked, greeted, outcome.then((verdict) => verdict ?? greeted)]);
  } catch (error) {
    return verdictOf(error); // for a key that is too weak to begin with
  } finally {
    near.destroy();
    far.destroy();
  }
}

function verdictOf(error: unknown, socket?: TLSSocket): string {
  // Node's types say Error, but it is OpenSSL's code, such as CERT_HAS_EXPIRED.
  const verdict: unknown = socket?.authorizationError;
  if (typeof verdict === 'string') return verdict;
  return systemErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
}
