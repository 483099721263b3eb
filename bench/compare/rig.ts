import { buildSync } from 'esbuild';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { type MadeBundle, makeBundle } from '../../tests/support/bundle-factory';
import { curlLoadProgram } from '../../tests/support/curl-load';
import { temporaryFolder } from '../../tests/support/programs';
import { chooseCores, type Cores } from './cores';
import type { Scale } from './scale';
import { SharedServers } from './servers/shared-servers';

/** Certificates of one kind: paths of PEM files. */
export interface Certificates {
  readonly folder: string;
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly devices: readonly { readonly cert: string; readonly key: string }[];
}

/** What all contenders have in common. */
export interface Rig {
  /** A folder for their files. */
  readonly folder: string;
  readonly scale: Scale;
  readonly cores: Cores;
  /** ECDSA P-256, for every contender but FastAPI. */
  readonly certificates: Certificates;
  /** RSA 2048, as in the original server. */
  readonly rsaCertificates: Certificates;
  readonly bundle: MadeBundle;
  /** Paths of curl-load and of the bare server, compiled. */
  readonly loadProgram: string;
  readonly bareProgram: string;
  /** Every contender's answer to a poll; {@link prepareOurs} writes it. */
  readonly manifestPath: string;
  /** This server's data, with the bundle released. */
  readonly dataDir: string;
  readonly sharedServers: SharedServers;
  /** Runs a load while a server's work is recorded; it is not when left out. */
  readonly record?: <Work extends { readonly requests: number }>(
    pid: number,
    run: () => Promise<Work>,
  ) => Promise<Work>;
}

/** @param devices how many have certificates */
export async function prepareRig(scale: Scale, devices: number): Promise<Rig> {
  const folder = await temporaryFolder();
  const bareProgram = path.join(folder, 'bare-server.js');
  buildSync({
    entryPoints: [path.join(__dirname, 'servers/bare-server.ts')],
    bundle: true,
    platform: 'node',
    outfile: bareProgram,
  });
  return {
    folder,
    scale,
    cores: chooseCores(),
    certificates: await issue(path.join(folder, 'certs'), 'ec', devices),
    rsaCertificates: await issue(path.join(folder, 'rsa-certs'), 'rsa', 1),
    bundle: await makeBundle({ imageSizeBytes: scale.imageBytes, seed: 'bench' }),
    loadProgram: await curlLoadProgram(),
    bareProgram,
    manifestPath: path.join(folder, 'manifest.json'),
    dataDir: path.join(folder, 'data'),
    sharedServers: new SharedServers(),
  };
}

async function issue(folder: string, key: 'ec' | 'rsa', devices: number): Promise<Certificates> {
  await mkdir(folder, { mode: 0o700 });
  const certificates = openCertificateFolder(folder, { now: () => new Date() });
  await certificates.createCa({ key });
  await certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1'], key });
  const ids = Array.from({ length: devices }, (_, i) => `bench-${i}`);
  for (const id of ids) await certificates.createDevice({ id, key });
  const pair = (name: string) => ({
    cert: path.join(folder, `${name}.crt`),
    key: path.join(folder, `${name}.key`),
  });
  return {
    folder,
    ca: path.join(folder, 'ca.crt'),
    server: pair('server'),
    devices: ids.map((id) => pair(`devices/${id}`)),
  };
}
