import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../../../tests/support/bundle-factory';
import { mustRun } from '../../../tests/support/programs';
import type { Contender } from '../contender';
import type { Rig } from '../rig';
import { startBare } from '../servers/bare';
import { startOurs } from '../servers/ours';
import type { Server } from '../servers/server';
import type { Trial } from './trial';

/** How long an upload takes until its answer, in seconds; server and client have all cores. */
export async function timeOfUpload(contender: Contender, rig: Rig): Promise<Trial> {
  const bundle = await makeBundle({ imageSizeBytes: rig.scale.uploadImageBytes, seed: 'bench upload' });
  return async () => {
    const folder = await mkdtemp(path.join(rig.folder, 'upload-'));
    // The upload must not wait for what others have written; what it reads is in memory for every contender.
    await mustRun('sh', ['-c', 'cat "$1" >/dev/null && sync -f "$2"', 'sh', bundle.path, folder]);
    const seconds = await upload(contender, rig, bundle, folder);
    await rm(folder, { recursive: true });
    return [seconds];
  };
}

async function upload(contender: Contender, rig: Rig, bundle: MadeBundle, folder: string): Promise<number> {
  if (contender.kind === 'ours') {
    const server = await startOurs(rig, { node: contender.node, dataDir: folder, core: null });
    return uploadTo(server, bundle, ['-F', `bundle=@${bundle.path}`]);
  }
  if (contender.kind === 'bare') {
    const server = await startBare(rig, contender.node, {
      core: null,
      uploadPath: path.join(folder, 'bundle'),
    });
    return uploadTo(server, bundle, ['-T', bundle.path]);
  }
  const script = 'sha256sum "$1" && cp "$1" "$2" && sync "$2"';
  const begin = performance.now();
  const { stdout } = await mustRun('sh', ['-c', script, 'sh', bundle.path, path.join(folder, 'bundle')]);
  const seconds = (performance.now() - begin) / 1_000;
  if (!stdout.startsWith(bundle.sha256)) throw new Error(`sha256sum says ${stdout}`);
  return seconds;
}

async function uploadTo(server: Server, bundle: MadeBundle, args: readonly string[]): Promise<number> {
  const begin = performance.now();
  const { stdout } = await mustRun('curl', ['-sSf', ...args, server.uploadUrl]);
  const seconds = (performance.now() - begin) / 1_000;
  await server.stop();
  const { bundle: stored } = JSON.parse(stdout) as { bundle: { sha256: string } };
  if (stored.sha256 !== bundle.sha256) throw new Error(`the upload was stored as ${stored.sha256}`);
  return seconds;
}
