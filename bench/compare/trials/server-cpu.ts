import type { CurlLoadResult } from '../../../tests/support/curl-load';
import type { Contender } from '../contender';
import { openLoad } from '../load';
import { cpuSeconds } from '../../process-figures';
import type { Rig } from '../rig';
import type { Scale } from '../scale';
import { bundlePath, manifestPath, type Protocol } from '../servers/server';
import type { Trial } from './trial';

/** The requests to a server while its CPU time is measured. */
export interface Asked {
  readonly protocol: Protocol;
  readonly requests: keyof Scale['requests'];
  readonly connections?: 'kept' | 'new' | 'resumed';
  /** Left out for polls and whole downloads. */
  readonly rangeBytes?: number;
}

/** RAUC has up to 128 in progress; beyond a few dozen it makes no difference. */
const rangesAtOnce = 32;

/**
 * CPU time that a server uses for one poll, in microseconds; if connections may resume sessions, also how many did, in
 * percent.
 */
export function cpuOfPoll(asked: Asked) {
  return async (contender: Contender, rig: Rig): Promise<Trial> => {
    const { ca, devices } = contender.kind === 'fastapi' ? rig.rsaCertificates : rig.certificates;
    const { pollers } = rig.scale;
    let taken = 0;
    return measured(contender, rig, asked, {
      ...{ path: manifestPath, copyPath: rig.manifestPath, parallel: pollers, ca },
      // Different devices in each sample: each device's rate is limited.
      devices() {
        if (devices.length === 1) return devices;
        taken += pollers;
        return devices.slice(taken - pollers, taken);
      },
      figures: (seconds, work) => [
        perRequest(seconds, work),
        ...(asked.connections === 'resumed' ? [(work.resumed / work.requests) * 100] : []),
      ],
    });
  };
}

/** CPU time that a server uses for one range, in microseconds. */
export function cpuOfRange(asked: Asked & { readonly rangeBytes: number }) {
  return (contender: Contender, rig: Rig): Promise<Trial> =>
    measured(contender, rig, asked, {
      ...ofBundle(rig, rangesAtOnce),
      figures: (seconds, work) => [perRequest(seconds, work)],
    });
}

/** CPU time that a server uses for whole downloads, in seconds per 10^9 bytes. */
export function cpuOfDownload(asked: Asked) {
  return (contender: Contender, rig: Rig): Promise<Trial> =>
    measured(contender, rig, asked, {
      ...ofBundle(rig, 1),
      figures: (seconds, { bytes }) => [seconds / (bytes / 1e9)],
    });
}

const perRequest = (seconds: number, { requests }: CurlLoadResult) => (seconds / requests) * 1e6;

function ofBundle(rig: Rig, parallel: number) {
  const { ca, devices } = rig.certificates;
  const one = devices.slice(0, 1);
  return { path: bundlePath, copyPath: rig.bundle.path, parallel, ca, devices: () => one };
}

interface Details {
  readonly path: string;
  readonly copyPath: string;
  readonly parallel: number;
  readonly ca: string;
  readonly devices: () => Rig['certificates']['devices'];
  readonly figures: (cpuSeconds: number, work: CurlLoadResult) => readonly number[];
}

async function measured(contender: Contender, rig: Rig, asked: Asked, details: Details): Promise<Trial> {
  const server = await rig.sharedServers.of(contender, rig);
  return async () => {
    const load = await openLoad(rig, {
      url: server.url(asked.protocol) + details.path,
      protocol: asked.protocol,
      copyPath: details.copyPath,
      ca: details.ca,
      devices: details.devices(),
      requests: rig.scale.requests[asked.requests],
      parallel: details.parallel,
      rangeBytes: asked.rangeBytes ?? 0,
      connections: asked.connections ?? 'kept',
    });
    const before = cpuSeconds(server.pids);
    const [pid] = server.pids;
    const { record } = rig;
    const work =
      record === undefined || pid === undefined ? await load.run() : await record(pid, () => load.run());
    const used = cpuSeconds(server.pids) - before;
    await load.close();
    return details.figures(used, work);
  };
}
