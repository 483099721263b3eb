import type { CurlLoadResult } from '../../tests/support/curl-load';
import { startProgram } from './program';
import type { Certificates, Rig } from './rig';
import type { Protocol } from './servers/server';

export interface Load {
  readonly url: string;
  readonly protocol: Protocol;
  /** The content behind the URL. */
  readonly copyPath: string;
  readonly ca: string;
  /** The devices that send requests, in turn. */
  readonly devices: Certificates['devices'];
  readonly requests: number;
  /** How many requests are in progress at once. */
  readonly parallel: number;
  /** 0 for the whole. */
  readonly rangeBytes: number;
  readonly connections: 'kept' | 'new' | 'resumed' | 'stalled';
  /** The load fails when nothing has arrived for this long, in seconds; a minute when left out. */
  readonly patienceSeconds?: number;
}

/** A load that is ready: it has warmed up the server, or holds up the intended number of downloads. */
export interface ReadyLoad {
  /**
   * Makes the requests that count; there are none if downloads are held up.
   * @throws Error when anything went wrong
   */
  run(): Promise<CurlLoadResult>;
  /** Closes its connections. */
  close(): Promise<void>;
}

const ready = 'ready\n';
const warmUpShare = 0.1;
/**
 * A TLS 1.3 ticket is good for one connection, and Node sends none on a resumed connection: every second one resumes.
 */
const leastResumed = 0.4;

/** @throws Error when it does not become ready */
export async function openLoad(rig: Pick<Rig, 'loadProgram' | 'cores'>, load: Load): Promise<ReadyLoad> {
  const warmUp = Math.max(load.parallel, Math.ceil(load.requests * warmUpShare));
  const args = [
    ...['--url', load.url, '--copy', load.copyPath, '--ca', load.ca, '--connections', load.connections],
    ...load.devices.flatMap(({ cert, key }) => ['--cert', cert, '--key', key]),
    ...['--requests', `${load.requests}`, '--parallel', `${load.parallel}`, '--gate', `${warmUp}`],
    ...(load.rangeBytes === 0 ? [] : ['--range', `${load.rangeBytes}`]),
    ...(load.protocol === 'HTTP/1.1' ? ['--http1'] : []),
    ...(load.devices.length === 1 ? [] : ['--addresses']),
    ...(load.patienceSeconds === undefined ? [] : ['--patience', `${load.patienceSeconds}`]),
  ];
  const program = startProgram(rig.loadProgram, args, { core: rig.cores.load });
  await program.hear((stdout) => (stdout === ready ? true : undefined));
  return {
    async run() {
      program.say('go');
      const line = await program.hear((stdout) =>
        stdout.length > ready.length && stdout.endsWith('\n') ? stdout.slice(ready.length) : undefined,
      );
      const result = JSON.parse(line) as CurlLoadResult;
      check(load, result);
      return result;
    },
    async close() {
      program.sayNoMore();
      await program.ended();
    },
  };
}

/** A figure means something only if every request was answered correctly, and in the way that the case measures. */
function check({ connections, requests }: Load, result: CurlLoadResult): void {
  const { errors, wrong, firstError, connections: opened, resumed } = result;
  // The requests that warmed up the server count here too.
  if (errors > 0) throw new Error(`${errors} requests failed, the first one: ${firstError}`);
  if (wrong > 0) throw new Error(`${wrong} answers had wrong bytes`);
  if (result.requests !== requests) throw new Error(`${result.requests} of ${requests} requests were made`);
  if (connections === 'kept' && opened > 0) throw new Error(`${opened} connections were not kept`);
  if (connections === 'new' && (opened !== requests || resumed > 0))
    throw new Error(`${requests} requests opened ${opened} connections and resumed ${resumed} TLS sessions`);
  if (connections === 'resumed' && resumed < requests * leastResumed)
    throw new Error(`${resumed} of ${requests} connections resumed a TLS session`);
}
