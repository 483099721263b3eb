import { copyFile, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../../tests/support/bundle-factory';
import { cpuSeconds } from '../../process-figures';
import type { Contender } from '../contender';
import { openLoad } from '../load';
import { dropFromMemory } from '../page-cache';
import type { Rig } from '../rig';
import { startNginxWith } from '../servers/nginx';
import { copyData, startOurs, uploadChecked } from '../servers/ours';
import type { Server } from '../servers/server';
import type { Trial } from './trial';

const rangeBytes = 128 << 10;
const rangesAtOnce = 32;

/** A bundle as a server has it. */
interface Served {
  readonly name: string;
  /** The file that the server reads. */
  readonly path: string;
  /** Another one with the same content, which the load compares answers with. */
  readonly copyPath: string;
}

/** CPU and elapsed time of one random range of 128 KiB over HTTP/2, in microseconds, from a large bundle with nothing in memory. */
export function costOfColdRange(contender: Contender, rig: Rig): Promise<Trial> {
  return measured(contender, rig, {
    sizes: [rig.scale.uploadImageBytes],
    seed: 'bench upload',
    isCold: true,
  });
}

/** The same for three bundles at once, each to another device; together they are larger than the block cache. */
export function costOfRangeOfThree(contender: Contender, rig: Rig): Promise<Trial> {
  const { imageBytes } = rig.scale;
  return measured(contender, rig, {
    sizes: [imageBytes, imageBytes, imageBytes],
    seed: 'bench release',
    isCold: false,
  });
}

interface Wanted {
  readonly sizes: readonly number[];
  readonly seed: string;
  readonly isCold: boolean;
}

async function measured(contender: Contender, rig: Rig, wanted: Wanted): Promise<Trial> {
  const copies: string[] = [];
  for (const [index, imageSizeBytes] of wanted.sizes.entries()) {
    const seed = wanted.sizes.length === 1 ? wanted.seed : `${wanted.seed} ${index}`;
    copies.push((await makeBundle({ imageSizeBytes, seed })).path);
  }
  const { server, bundles } = await serve(contender, rig, copies);
  return async () => {
    const loads = await Promise.all(
      bundles.map(({ name, copyPath }, index) =>
        openLoad(rig, {
          url: `${server.url('HTTP/2')}/bundles/${name}`,
          protocol: 'HTTP/2',
          ...{ copyPath, ca: rig.certificates.ca, devices: rig.certificates.devices.slice(index, index + 1) },
          requests: Math.ceil(rig.scale.requests.largeRanges / bundles.length),
          parallel: rangesAtOnce,
          rangeBytes,
          connections: 'kept',
        }),
      ),
    );
    if (wanted.isCold) for (const { path: file } of bundles) await dropFromMemory(file);
    const before = cpuSeconds(server.pids);
    const works = await Promise.all(loads.map((load) => load.run()));
    const used = cpuSeconds(server.pids) - before;
    await Promise.all(loads.map((load) => load.close()));
    const requests = works.reduce((sum, work) => sum + work.requests, 0);
    const elapsed = Math.max(...works.map(({ seconds }) => seconds));
    return [used, elapsed].map((seconds) => (seconds / requests) * 1e6);
  };
}

async function serve(
  contender: Contender,
  rig: Rig,
  copies: readonly string[],
): Promise<{ readonly server: Server; readonly bundles: readonly Served[] }> {
  const folder = await mkdtemp(path.join(rig.folder, 'large-'));
  const servedIn = (directory: string): readonly Served[] =>
    copies.map((copyPath, index) => {
      const name = `large-${index}.raucb`;
      return { name, path: path.join(directory, name), copyPath };
    });
  const core = rig.cores.server;
  if (contender.kind === 'ours') {
    await copyData(rig, folder);
    const server = await startOurs(rig, { node: contender.node, dataDir: folder, core });
    const bundles = servedIn(path.join(folder, 'bundles'));
    for (const { name, copyPath } of bundles) await uploadChecked(server, copyPath, name);
    return { server, bundles };
  }
  if (contender.kind !== 'nginx') throw new Error(`${contender.name} does not read bundles from a disk`);
  const bundles = servedIn(folder);
  for (const bundle of bundles) await copyFile(bundle.copyPath, bundle.path);
  const locations = `location /bundles/ { alias ${folder}/; }`;
  return { server: await startNginxWith(rig, rig.certificates, locations), bundles };
}
