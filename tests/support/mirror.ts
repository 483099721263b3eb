import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';

export interface Mirror {
  readonly port: number;
  /** The `Authorization` of each request so far; `null` for a request without one. */
  readonly authorizations: readonly (string | null)[];
}

const open = new Set<https.Server>();

afterAll(() => {
  for (const server of open) {
    server.close();
    server.closeAllConnections();
  }
});

/** Serves one file to everybody, as a content delivery network does, with the certificate of the server whose `certs` these are. */
export async function startMirror(certsDir: string, file: string): Promise<Mirror> {
  const read = (name: string) => readFile(path.join(certsDir, name));
  const [cert, key] = await Promise.all([read('server.crt'), read('server.key')]);
  const { size } = await stat(file);
  const authorizations: (string | null)[] = [];
  const server = https.createServer({ cert, key }, (request, response) => {
    authorizations.push(request.headers.authorization ?? null);
    createReadStream(file).pipe(response.writeHead(200, { 'content-length': size }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  open.add(server);
  return { port: address.port, authorizations };
}
