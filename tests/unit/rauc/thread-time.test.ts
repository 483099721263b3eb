import { Worker } from 'node:worker_threads';
import { threadTimeMs } from '../../../src/rauc/thread-time';

function spin(ms: number): void {
  const { user } = process.cpuUsage();
  while ((process.cpuUsage().user - user) / 1000 < ms);
}

/** Computes in another thread while this one does nothing at all. */
async function spinElsewhere(ms: number): Promise<void> {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const code = `const { workerData: { shared, ms } } = require('node:worker_threads');
    (${spin.toString()})(ms);
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);`;
  const worker = new Worker(code, { eval: true, workerData: { shared, ms } });
  Atomics.wait(shared, 0, 0);
  await worker.terminate();
}

describe('threadTimeMs', () => {
  it('counts what this thread computes', () => {
    const before = threadTimeMs();
    spin(200);
    expect(threadTimeMs() - before).toBeGreaterThan(100);
  });

  it('does not count what another thread computes', async () => {
    const process0 = process.cpuUsage();
    const before = threadTimeMs();
    await spinElsewhere(500);
    const used = threadTimeMs() - before;
    const { user, system } = process.cpuUsage(process0);
    expect((user + system) / 1000).toBeGreaterThan(400);
    expect(used).toBeLessThan(250);
  });
});
