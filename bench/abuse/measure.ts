import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { bundleWithCertificates } from '../../tests/support/hostile-cms';
import { bundleSigner } from '../../tests/support/test-pki';
import { residentBytes } from '../process-figures';
import type { Attack } from './attacks';
import type { HonestResult } from './honest';

const root = path.join(__dirname, '../..');
const honestDevices = ['honest-1', 'honest-2', 'honest-3', 'honest-4'];
const bundleBytes = 16 << 20;
/** As many certificates as an inspection examines, which takes longest. */
const hostileCertificates = 100;
const sampleEveryMs = 100;

/** What honest devices noticed, and what it cost the server. */
export interface Measured {
  readonly requests: number;
  readonly failures: readonly string[];
  /** How long a request took, in milliseconds. */
  readonly medianMs: number;
  readonly p99Ms: number;
  /** The largest growth of the server's memory, in bytes. */
  readonly grownBytes: number;
}

export interface AbuseBench {
  /** @param attack `null` for a baseline */
  measure(attack: Attack | null, seconds: number): Promise<Measured>;
  close(): Promise<void>;
}

function start(script: string, ...args: readonly string[]): ChildProcess {
  const hook = path.join(root, 'tests/support/typescript-hook.js');
  return spawn(process.execPath, ['-r', hook, path.join(root, 'bench', script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function end(child: ChildProcess): Promise<void> {
  const ended = child.exitCode === null ? once(child, 'exit') : undefined;
  child.stdin?.end();
  await ended;
}

/** Starts the device listener in its own process; the devices run in others. */
export async function openAbuseBench(): Promise<AbuseBench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'abuse-'));
  const certificates = openCertificateFolder(path.join(folder, 'certs'), { now: () => new Date() });
  await certificates.createCa({});
  await certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1'] });
  for (const id of [...honestDevices, 'attacker']) await certificates.createDevice({ id });
  await writeFile(path.join(folder, 'bundle.raucb'), randomBytes(bundleBytes));
  await writeFile(path.join(folder, 'hostile.raucb'), await bundleWithCertificates(hostileCertificates));
  await copyFile((await bundleSigner()).caPath, path.join(folder, 'keyring.pem'));
  const server = start('serve.ts', folder);
  const [line] = (await once(server.stdout ?? server, 'data')) as [Buffer];
  const port = line.toString().trim();
  const memory = () => residentBytes([server.pid ?? 0]);

  async function askHonestly(seconds: number): Promise<HonestResult> {
    const honest = start('abuse/honest.ts', port, folder, `${seconds}`, ...honestDevices);
    let text = '';
    honest.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    await once(honest, 'close');
    return JSON.parse(text) as HonestResult;
  }

  return {
    async measure(attack, seconds) {
      await askHonestly(1); // warms up, and lets memory settle
      const before = memory();
      let most = before;
      const sampling = setInterval(() => (most = Math.max(most, memory())), sampleEveryMs);
      const attacker = attack === null ? undefined : start('abuse/attacks.ts', attack, port, folder);
      const { tookMs, failures } = await askHonestly(seconds);
      clearInterval(sampling);
      if (attacker !== undefined) await end(attacker);
      const sorted = [...tookMs].sort((a, b) => a - b);
      const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Infinity;
      return {
        requests: tookMs.length,
        failures,
        medianMs: quantile(0.5),
        p99Ms: quantile(0.99),
        grownBytes: most - before,
      };
    },
    async close() {
      await end(server);
      await rm(folder, { recursive: true });
    },
  };
}
