import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../../tests/support/eventually';
import { freePort } from '../../../tests/support/loopback-ports';
import { mustRun } from '../../../tests/support/programs';
import type { Node } from '../contender';
import { startProgram, wholeObject } from '../program';
import type { Rig } from '../rig';
import { manifestPath, type Server } from './server';

const entryPoint = path.join(__dirname, '../../../bin/rauc-simple-server.js');
const onLoopback = ['--admin-port', '0', '--device-host', '127.0.0.1', '--device-port'];
const checkedWithinMs = 120_000;

export interface OursOptions {
  readonly node: Node;
  readonly dataDir: string;
  /** The core that it runs on; `null` for all cores. */
  readonly core: number | null;
}

/** Starts the built server as its users do. */
export async function startOurs(rig: Rig, { node, dataDir, core }: OursOptions): Promise<Server> {
  const port = await freePort();
  const program = startProgram(node.program, [entryPoint, 'serve', '--json', ...onLoopback, `${port}`], {
    cwd: rig.folder,
    env: {
      CERTS_DIR: rig.certificates.folder,
      DATA_DIR: dataDir,
      BUNDLE_KEYRING: rig.bundle.keyringPath,
      SERVER_URL: 'https://localhost:8443', // so that all manifests are the same
    },
    core,
  });
  const said = (await program.hear(wholeObject)) as { admin_url: string };
  return {
    pids: [program.pid],
    url: () => `https://localhost:${port}`,
    uploadUrl: new URL('upload', said.admin_url).href,
    stop: () => program.stop(),
  };
}

/** Copies the prepared data, for one server only. */
export function copyData(rig: Rig, dataDir: string): Promise<void> {
  return cp(rig.dataDir, dataDir, { recursive: true });
}

/**
 * Uploads a bundle under a name, releases it, and waits until its images are hashed, which must not happen during a
 * measurement.
 */
export async function uploadChecked({ uploadUrl }: Server, file: string, name: string): Promise<void> {
  const form = ['-F', 'activate=true', '-F', `bundle=@${file};filename=${name}`];
  await mustRun('curl', ['-sSf', ...form, uploadUrl]);
  const bundles = new URL('api/bundles', uploadUrl);
  await eventually(async () => {
    const { stdout } = await mustRun('curl', ['-sSf', bundles.href]);
    const listed = JSON.parse(stdout) as { bundles: { name: string; image_check: { state: string } }[] };
    return listed.bundles.find((bundle) => bundle.name === name)?.image_check.state === 'sound';
  }, checkedWithinMs);
}

/** Releases the bundle on a server, and keeps its answer to a device: the other contenders answer the same. */
export async function prepareOurs(rig: Rig, node: Node): Promise<void> {
  const server = await startOurs(rig, { node, dataDir: rig.dataDir, core: null });
  await uploadChecked(server, rig.bundle.path, path.basename(rig.bundle.path));
  const [device] = rig.certificates.devices;
  if (device === undefined) throw new Error('no device has a certificate');
  const tls = ['--cacert', rig.certificates.ca, '--cert', device.cert, '--key', device.key];
  const { stdout } = await mustRun('curl', ['-sSf', ...tls, server.url('HTTP/1.1') + manifestPath]);
  if (!stdout.includes(rig.bundle.sha256))
    throw new Error(`the manifest does not offer the bundle: ${stdout}`);
  await writeFile(rig.manifestPath, stdout);
  await server.stop();
}
