/**
 * Devices that poll, and read a bundle as RAUC does, in a separate process. Prints as JSON how long each request took,
 * including connecting.
 *
 *   node -r ./tests/support/typescript-hook.js bench/abuse/honest.ts PORT FOLDER SECONDS DEVICE...
 */
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { readClientTls } from './client-tls';

export interface HonestResult {
  /** For each answered request, in milliseconds. */
  readonly tookMs: readonly number[];
  readonly failures: readonly string[];
}

const [port = '', folder = '', seconds = '', ...devices] = process.argv.slice(2);
const roundsPerConnection = 10;
const rangesAtOnce = 8;
const rangeBytes = 128 << 10;
const pauseMs = 50;
const tookMs: number[] = [];
const failures: string[] = [];

function ask(session: ClientHttp2Session, target: string, headers: Record<string, string>): Promise<void> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': target, ...headers }).resume();
    stream.once('response', ({ ':status': status = 0 }) => {
      if (status >= 400) reject(new Error(`${target} was answered with ${status}`));
    });
    stream.on('error', reject);
    stream.once('close', () => {
      tookMs.push(performance.now() - begin);
      resolve();
    });
  });
}

async function live(device: string, untilMs: number): Promise<void> {
  const tls = readClientTls(folder, device);
  while (performance.now() < untilMs) {
    const begin = performance.now();
    const session = connect(`https://localhost:${port}`, tls);
    session.on('error', (error) => failures.push(String(error)));
    await once(session, 'connect');
    tookMs.push(performance.now() - begin);
    await ask(session, '/api/v1/manifest.json', {
      'rauc-boot-id': `boot-of-${device}`,
      'rauc-system-version': '1.0.0',
    });
    for (let round = 0; round < roundsPerConnection && performance.now() < untilMs; round++) {
      const ranges = Array.from(
        { length: rangesAtOnce },
        (_, i) => `bytes=${i * rangeBytes}-${(i + 1) * rangeBytes - 1}`,
      );
      await Promise.all(ranges.map((range) => ask(session, '/bundles/bundle.raucb', { range })));
      await delay(pauseMs);
    }
    session.close();
  }
}

if (require.main === module) {
  const untilMs = performance.now() + Number(seconds) * 1_000;
  const lives = devices.map((device) =>
    live(device, untilMs).catch((error: unknown) => failures.push(String(error))),
  );
  void Promise.all(lives).then(() => {
    process.stdout.write(JSON.stringify({ tookMs, failures } satisfies HonestResult), () => process.exit(0));
  });
}
