import { X509Certificate } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Http2SecureServer } from 'node:http2';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { PeerCertificates } from '../../../../../src/http/device/transport/peer-certificates';
import { temporaryFolder } from '../../../../support/programs';
import { issue } from '../../../../support/test-pki';

let shown: X509Certificate;
let other: X509Certificate;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const pemOf = (name: string) => readFile(path.join(folder, `${name}.crt`));
  await issue(folder, { name: 'other', subject: '/CN=other', extensions: ['basicConstraints=CA:FALSE'] });
  const hex = Buffer.from(`\n${(await pemOf('other')).toString()}\n`).toString('hex');
  const extensions = [`1.2.3.4=DER:${hex.match(/../g)?.join(':') ?? ''}`];
  await issue(folder, { name: 'shown', subject: '/CN=shown', extensions });
  [shown, other] = [new X509Certificate(await pemOf('shown')), new X509Certificate(await pemOf('other'))];
});

/** What is known of a peer whose session had `shown`, when Node returns `later` afterwards. */
function decodeLater(later: X509Certificate | undefined): X509Certificate | undefined {
  const server = new EventEmitter();
  const socket = Object.assign(new EventEmitter(), {
    getSession: () => Buffer.from('session'),
    getPeerX509Certificate: () => later,
  }) as unknown as TLSSocket;
  const peers = new PeerCertificates(
    server as unknown as Http2SecureServer,
    { of: () => null },
    { certificateInSession: () => shown.raw },
  );
  server.emit('keylog', Buffer.of(), socket);
  socket.emit('secure');
  return peers.of(socket).certificate?.x509;
}

describe("a peer's certificate is that of its handshake", () => {
  it('with the chain, if Node returns the same', () => {
    expect(decodeLater(shown)).toBe(shown);
  });

  it('if Node returns another one later', () => {
    expect(decodeLater(other)?.subject).toBe('CN=shown');
  });

  it('if the connection is gone, and the certificate contains the PEM of another one', () => {
    expect(decodeLater(undefined)?.subject).toBe('CN=shown');
  });
});
