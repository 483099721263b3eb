/**
 * One of the two servers that are compared, in a process of its own: the device listener, or the least that Node needs to
 * serve ranges of a file to clients with certificates. Prints its port; ends with its standard input.
 *
 *   node -r ./tests/support/typescript-hook.js bench/serve.ts device|plain FOLDER
 */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Bundle } from '../src/core/bundle';
import { decideOffer } from '../src/core/offer';
import { startDeviceServer } from '../src/http/device/server';
import { deviceIdentity } from '../src/pki/device-identity';
import { coversHost } from '../src/pki/server-names';
import { openBundleFile } from '../src/store/bundle-file';

const [kind = '', folder = ''] = process.argv.slice(2);
const bundlePath = path.join(folder, 'bundle.raucb');
const pem = (name: string) => readFileSync(path.join(folder, 'certs', name), 'utf8');
const tls = { cert: pem('server.crt'), key: pem('server.key'), ca: pem('ca.crt') };

async function serveDevice(): Promise<number> {
  const file = await openBundleFile(bundlePath);
  const bundle = fakeBundle(file.sizeBytes);
  const release = {
    compatible: 'test-board',
    channel: 'stable',
    bundle,
    releasedAt: new Date(0),
    releasedBy: 'local',
  };
  const ignore = () => undefined;
  const server = await startDeviceServer({
    host: '127.0.0.1',
    port: 0,
    tls,
    services: {
      offerUpdate: {
        offer: ({ id }, compatible) =>
          decideOffer({ id, compatible: compatible ?? 'test-board', boundCompatibles: [] }, [release]),
      },
      readBundle: {
        find: (name) => (name === bundle.name ? bundle : undefined),
        open: () => Promise.resolve({ ...file, release: ignore }),
      },
    },
    baseUrl: null,
    certificateNames: () => ['localhost'],
    coversHost: (host) => coversHost(['localhost'], host),
    identify: deviceIdentity,
    isRevoked: () => false,
    now: () => new Date(),
    log: { debug: ignore, info: ignore, warn: ignore, error: console.error },
    version: 'bench',
  });
  return server.address.port;
}

async function servePlain(): Promise<number> {
  const file = await open(bundlePath);
  const { size } = await file.stat();
  const server = createServer(
    { ...tls, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      if (first === undefined || last === undefined) {
        if (request.url !== '/bundles/bundle.raucb') {
          response.end('{}');
          return;
        }
        response.writeHead(200, { 'content-length': size });
        file.createReadStream({ start: 0, autoClose: false }).pipe(response);
        return;
      }
      const length = Number(last) - Number(first) + 1;
      void file.read(Buffer.allocUnsafe(length), 0, length, Number(first)).then(({ buffer }) => {
        response.writeHead(206, {
          'content-length': length,
          'content-range': `bytes ${first}-${last}/${size}`,
        });
        response.end(buffer);
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function fakeBundle(sizeBytes: number): Bundle {
  return {
    name: 'bundle.raucb',
    sha256: '0'.repeat(64),
    sizeBytes,
    compatible: 'test-board',
    uploadedAt: new Date(0),
    uploadedBy: 'local',
    inspection: {
      verdict: 'unchecked',
      reasons: [],
      warnings: [],
      format: 'verity',
      encrypted: false,
      sizeBytes,
      payloadSizeBytes: null,
      signatureSizeBytes: null,
      manifestHash: null,
      manifest: null,
      signerChain: [],
      recipients: [],
    },
  };
}

void (kind === 'device' ? serveDevice() : servePlain()).then((port) => console.log(port));
process.stdin.resume().once('end', () => process.exit(0));
