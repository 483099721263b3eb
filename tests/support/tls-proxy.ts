import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { createServer, type Server } from 'node:tls';
import { mustRun, temporaryFolder } from './programs';

const servers: Server[] = [];

afterAll(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A TLS proxy before a server, with a certificate for `localhost` from a CA of its own. */
export async function startTlsProxy(
  targetPort: number,
): Promise<{ readonly port: number; readonly ca: string }> {
  const folder = await temporaryFolder();
  const at = (name: string) => path.join(folder, name);
  const key = (name: string) => [
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`)],
    ...['-days', '2', '-out', at(`${name}.crt`)],
  ];
  await mustRun('openssl', ['req', '-x509', ...key('ca'), '-subj', '/CN=CA of the store']);
  const names = ['-subj', '/CN=store', '-addext', 'subjectAltName=DNS:localhost'];
  const issuer = ['-CA', at('ca.crt'), '-CAkey', at('ca.key')];
  await mustRun('openssl', ['req', '-x509', ...issuer, ...key('store'), ...names]);
  const server = createServer(
    { cert: await readFile(at('store.crt')), key: await readFile(at('store.key')) },
    (client) => {
      const onward = connect(targetPort, '127.0.0.1');
      client.pipe(onward).pipe(client);
      for (const [one, other] of [
        [client, onward],
        [onward, client],
      ] as const)
        one.on('error', () => undefined).on('close', () => other.destroy());
    },
  ).listen(0, '127.0.0.1');
  servers.push(server);
  server.unref();
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, ca: at('ca.crt') };
}
