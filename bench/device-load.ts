/**
 * Measures the device listener beside the least that Node can do, with libcurl as RAUC uses it. Prints a Markdown table;
 * docs/performance.md tells what it means.
 *
 *   node -r ./tests/support/typescript-hook.js bench/device-load.ts
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:http2';
import { Agent, get } from 'node:https';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { openCertificateFolder } from '../src/pki/certificate-folder';

const root = path.join(__dirname, '..');
const fileSizeBytes = 256 << 20;
const clockTicksPerSecond = 100; // sysconf(_SC_CLK_TCK) is 100 on every Linux
const kib = 1024;

interface Server {
  readonly name: string;
  readonly child: ChildProcess;
  readonly url: string;
}

async function startServer(name: 'device' | 'plain', folder: string): Promise<Server> {
  const hook = path.join(root, 'tests/support/typescript-hook.js');
  const child = spawn(process.execPath, ['-r', hook, path.join(root, 'bench/serve.ts'), name, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { name, child, url: `https://localhost:${port.toString().trim()}` };
}

/** CPU time of a process so far, in seconds. */
function cpuSeconds({ child }: Server): number {
  const fields =
    readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
}

/**
 * The memory of a process in MiB.
 * @param field `VmHWM` is the most that it had at once, `VmRSS` what it has now
 */
function memoryMib({ child }: Server, field: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / kib;
}

interface Work {
  readonly requests: number;
  readonly bytes: number;
}

async function measure(what: string, server: Server, work: () => Promise<Work>): Promise<void> {
  const cpuBefore = cpuSeconds(server);
  const begin = performance.now();
  const { requests, bytes } = await work();
  const seconds = (performance.now() - begin) / 1000;
  const cpu = cpuSeconds(server) - cpuBefore;
  const cells = [
    what,
    server.name,
    (requests / seconds).toFixed(0),
    (bytes / seconds / 1e6).toFixed(0),
    ((cpu / requests) * 1e6).toFixed(0),
    bytes < 1e8 ? '' : (cpu / (bytes / 1e9)).toFixed(2),
    memoryMib(server, 'VmHWM').toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'device-load-'));
  const certsDir = path.join(folder, 'certs');
  const certificates = openCertificateFolder(certsDir, { now: () => new Date() });
  await certificates.createCa({});
  await certificates.createServer({ names: ['localhost'], ips: [] });
  await certificates.createDevice({ id: 'bench' });
  const bundle = path.join(folder, 'bundle.raucb');
  await writeFile(bundle, randomBytes(fileSizeBytes));
  const client = path.join(folder, 'range-load');
  execFileSync('gcc', ['-O2', '-o', client, path.join(root, 'tests/support/range-load.c'), '-lcurl']);
  const device = path.join(certsDir, 'devices/bench');
  const files = { cert: `${device}.crt`, key: `${device}.key`, ca: path.join(certsDir, 'ca.crt') };

  const ranges = async (
    server: Server,
    requests: number,
    parallel: number,
    size: number,
    ...more: string[]
  ) => {
    const child = spawn(
      client,
      [
        ...[
          '-u',
          `${server.url}/bundles/bundle.raucb`,
          '-f',
          bundle,
          '-n',
          `${requests}`,
          '-p',
          `${parallel}`,
        ],
        ...['-s', `${size}`, '-c', files.cert, '-k', files.key, '-a', files.ca, ...more],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`range-load: ${text}`);
    return { requests, bytes: (JSON.parse(text) as { bytes: number }).bytes };
  };
  const whole = async (server: Server, protocol: string) => {
    const tls = ['--cacert', files.ca, '--cert', files.cert, '--key', files.key];
    const child = spawn('curl', [
      '-sSf',
      protocol,
      ...tls,
      '-o',
      '/dev/null',
      `${server.url}/bundles/bundle.raucb`,
    ]);
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error('curl failed');
    return { requests: 1, bytes: fileSizeBytes };
  };
  const polls = async (server: Server, requests: number, connections: 'kept' | 'resumed' | 'new') => {
    const content = {
      cert: readFileSync(files.cert),
      key: readFileSync(files.key),
      ca: readFileSync(files.ca),
    };
    const agent = new Agent({
      ...content,
      keepAlive: connections === 'kept',
      maxCachedSessions: connections === 'resumed' ? 100 : 0,
    });
    const poll = () =>
      new Promise((resolve, reject) => {
        get(`${server.url}/api/v1/manifest.json`, { agent }, (answer) => {
          answer.resume().once('end', resolve);
        }).on('error', reject);
      });
    let left = requests;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (left-- > 0) await poll();
      }),
    );
    agent.destroy();
    return { requests, bytes: 0 };
  };

  const measureIdle = async (server: Server, count: number) => {
    const content = {
      cert: readFileSync(files.cert),
      key: readFileSync(files.key),
      ca: readFileSync(files.ca),
    };
    const before = memoryMib(server, 'VmRSS');
    const sessions = Array.from({ length: count }, () => connect(server.url, content));
    await Promise.all(sessions.map((session) => once(session, 'remoteSettings')));
    const each = ((memoryMib(server, 'VmRSS') - before) * kib) / count;
    for (const session of sessions) session.destroy();
    console.log(`\n${count} idle HTTP/2 connections: ${each.toFixed(0)} KiB each`);
  };

  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
  console.log('| what | server | requests/s | MB/s | server CPU µs/request | server CPU s/GB | peak MiB |');
  console.log('|---|---|---|---|---|---|---|');
  for (const name of ['plain', 'device'] as const) {
    const server = await startServer(name, folder);
    try {
      await ranges(server, 2_000, 8, 4 * kib, '-1'); // warms up
      const hasHttp2 = name === 'device';
      await measure('4 KiB ranges, 32 at once, HTTP/1.1', server, () =>
        ranges(server, 20_000, 32, 4 * kib, '-1'),
      );
      if (hasHttp2) {
        await measure('4 KiB ranges, 32 at once, HTTP/2', server, () => ranges(server, 20_000, 32, 4 * kib));
      }
      await measure('128 KiB ranges, 32 at once, HTTP/1.1', server, () =>
        ranges(server, 8_000, 32, 128 * kib, '-1'),
      );
      if (hasHttp2) {
        await measure('128 KiB ranges, 32 at once, HTTP/2', server, () =>
          ranges(server, 8_000, 32, 128 * kib),
        );
      }
      await measure('whole download, HTTP/1.1', server, () => whole(server, '--http1.1'));
      if (hasHttp2) await measure('whole download, HTTP/2', server, () => whole(server, '--http2'));
      await measure('poll on a kept connection', server, () => polls(server, 10_000, 'kept'));
      await measure('poll with a resumed TLS session', server, () => polls(server, 2_000, 'resumed'));
      await measure('poll with a full mutual TLS handshake', server, () => polls(server, 2_000, 'new'));
      if (hasHttp2) await measureIdle(server, 2_000);
    } finally {
      server.child.stdin?.end();
      await once(server.child, 'exit');
    }
  }
  await rm(folder, { recursive: true });
}

void main();
