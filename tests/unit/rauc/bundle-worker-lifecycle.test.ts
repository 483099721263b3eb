import { EventEmitter, once } from 'node:events';
import type { BundleRequest } from '../../../src/rauc/bundle-tasks';
import { type BundleThread, BundleWorker } from '../../../src/rauc/bundle-worker';
import type { VerificationProfile } from '../../../src/rauc/profile';
import { bundleOf, madeAt } from '../../support/fleet-factory';

const profile: VerificationProfile = {
  anchorsPem: null,
  purpose: 'any',
  allowPartialChain: false,
  checkCrl: false,
  timeSource: 'clock',
  allowedSignerCns: [],
};
const bundle = { descriptor: 7, sizeBytes: 4096 };
const { inspection } = bundleOf('board');

/** A thread that does nothing until the test says so. */
class SlowThread extends EventEmitter implements BundleThread {
  readonly requests: BundleRequest[] = [];
  isKeptAlive = true;
  isTerminated = false;

  postMessage(request: BundleRequest): void {
    this.requests.push(request);
  }
  ref(): void {
    this.isKeptAlive = true;
  }
  unref(): void {
    this.isKeptAlive = false;
  }
  terminate(): Promise<void> {
    this.isTerminated = true;
    this.emit('exit');
    return Promise.resolve();
  }

  /** Answers a request, counted from 0. */
  answer(index: number, outcome: { result: unknown } | { error: unknown }): void {
    this.emit('message', { id: this.requests[index]?.id, ...outcome });
  }
}

function start(idleMs?: number) {
  const threads: SlowThread[] = [];
  const worker = new BundleWorker({
    profile,
    ...(idleMs === undefined ? {} : { idleMs }),
    startThread: () => {
      const thread = new SlowThread();
      threads.push(thread);
      return thread;
    },
  });
  const thread = (index: number): SlowThread => {
    const started = threads[index];
    if (started === undefined) throw new Error('it was not started');
    return started;
  };
  return { worker, threads, thread };
}

const endedEarly = (why: string) =>
  expect.objectContaining({
    code: 'unavailable',
    message: `the check of the bundle ended early: ${why}`,
    remedy: 'Try again.',
  }) as Error;

describe('the thread of a worker', () => {
  it('starts with the first task, and does them all', async () => {
    const { worker, threads, thread } = start();
    expect(threads).toHaveLength(0);
    const asked = [
      worker.inspect({ ...bundle, ...{ more: 'than it needs' } }, madeAt),
      worker.judge(bundle, madeAt),
      worker.checkImages(bundle, inspection, new AbortController().signal),
    ];
    expect(threads).toHaveLength(1);
    const { manifest, payloadSizeBytes, encrypted } = inspection;
    expect(thread(0).requests).toEqual([
      { id: 1, bundle, task: { kind: 'inspect', now: madeAt } },
      { id: 2, bundle, task: { kind: 'judge', now: madeAt } },
      { id: 3, bundle, task: { kind: 'check-images', looked: { manifest, payloadSizeBytes, encrypted } } },
    ]);
    for (const index of [2, 0, 1]) thread(0).answer(index, { result: index });
    expect(await Promise.all(asked)).toEqual([0, 1, 2]);
  });

  it('keeps the process alive while a task waits, and no longer', async () => {
    const { worker, thread } = start();
    const asked = [worker.inspect(bundle, madeAt), worker.judge(bundle, madeAt)];
    expect(thread(0).isKeptAlive).toBe(true);
    thread(0).answer(0, { result: 'one' });
    expect(thread(0).isKeptAlive).toBe(true);
    thread(0).answer(1, { result: 'two' });
    expect(thread(0).isKeptAlive).toBe(false);
    expect(await Promise.all(asked)).toEqual(['one', 'two']);
    const more = worker.judge(bundle, madeAt);
    expect(thread(0).isKeptAlive).toBe(true);
    thread(0).answer(2, { result: 'three' });
    expect(await more).toBe('three');
  });

  it('ends when it had no work for a while', async () => {
    const { worker, threads, thread } = start(0);
    const asked = worker.inspect(bundle, madeAt);
    const ended = once(thread(0), 'exit');
    thread(0).answer(0, { result: 'done' });
    await asked;
    expect(thread(0).isTerminated).toBe(false);
    await ended;
    expect(thread(0).isTerminated).toBe(true);
    void worker.inspect(bundle, madeAt);
    expect(threads).toHaveLength(2);
  });

  it('goes on after a task that failed', async () => {
    const { worker, threads, thread } = start();
    const failed = worker.inspect(bundle, madeAt);
    const other = worker.judge(bundle, madeAt);
    thread(0).answer(0, { error: new Error('the disk is gone') });
    thread(0).answer(1, { result: 'fine' });
    await expect(failed).rejects.toThrow('the disk is gone');
    expect(await other).toBe('fine');
    expect(threads).toHaveLength(1);
  });

  it('takes no answer for what nobody asked', async () => {
    const { worker, thread } = start();
    const asked = worker.inspect(bundle, madeAt);
    thread(0).emit('message', { id: 99, result: 'nothing' });
    thread(0).answer(0, { result: 'mine' });
    expect(await asked).toBe('mine');
  });
});

describe('a thread that dies', () => {
  it('rejects all that waited, and the next task starts another one', async () => {
    const { worker, threads, thread } = start();
    const asked = [worker.inspect(bundle, madeAt), worker.judge(bundle, madeAt)];
    thread(0).emit('error', new Error('out of memory'));
    thread(0).emit('exit');
    for (const one of asked) await expect(one).rejects.toEqual(endedEarly('out of memory'));
    void worker.inspect(bundle, madeAt);
    expect(threads).toHaveLength(2);
  });

  it('says what is known where it threw no error', async () => {
    const { worker, thread } = start();
    const first = worker.inspect(bundle, madeAt);
    thread(0).emit('error', 'a string');
    thread(0).emit('exit');
    await expect(first).rejects.toEqual(endedEarly('a string'));
    const second = worker.inspect(bundle, madeAt);
    thread(1).emit('exit');
    await expect(second).rejects.toEqual(endedEarly('its thread was stopped'));
  });

  it('takes no later thread along', async () => {
    const { worker, threads, thread } = start();
    const called = new AbortController();
    const check = worker.checkImages(bundle, inspection, called.signal);
    thread(0).terminate = () => Promise.resolve(); // it ends later
    called.abort();
    const next = worker.inspect(bundle, madeAt);
    expect(threads).toHaveLength(2);
    thread(0).emit('exit');
    await expect(check).rejects.toEqual(endedEarly('its thread was stopped'));
    const another = worker.judge(bundle, madeAt);
    expect(threads).toHaveLength(2);
    thread(1).answer(0, { result: 'next' });
    thread(1).answer(1, { result: 'another' });
    expect(await Promise.all([next, another])).toEqual(['next', 'another']);
  });
});

describe('a check of images', () => {
  it('that is cancelled ends the thread', async () => {
    const { worker, thread } = start();
    const called = new AbortController();
    const check = worker.checkImages(bundle, inspection, called.signal);
    expect(thread(0).isTerminated).toBe(false);
    called.abort();
    expect(thread(0).isTerminated).toBe(true);
    await expect(check).rejects.toEqual(endedEarly('its thread was stopped'));
  });

  it('that is done is not cancelled any more', async () => {
    const { worker, thread } = start();
    const called = new AbortController();
    const check = worker.checkImages(bundle, inspection, called.signal);
    thread(0).answer(0, { result: { state: 'sound' } });
    expect(await check).toEqual({ state: 'sound' });
    called.abort();
    expect(thread(0).isTerminated).toBe(false);
  });

  it('that was cancelled before it begins starts no thread', async () => {
    const { worker, threads } = start();
    const called = AbortSignal.abort(new Error('cancelled'));
    await expect(worker.checkImages(bundle, inspection, called)).rejects.toThrow('cancelled');
    expect(threads).toHaveLength(0);
  });
});

describe('a worker that is closed', () => {
  it('ends its thread, and takes no task any more', async () => {
    const { worker, threads, thread } = start();
    const before = worker.inspect(bundle, madeAt);
    const closed = worker.close();
    await expect(before).rejects.toEqual(endedEarly('its thread was stopped'));
    await closed;
    expect(thread(0).isTerminated).toBe(true);
    await expect(worker.judge(bundle, madeAt)).rejects.toEqual(endedEarly('the server is stopping'));
    expect(threads).toHaveLength(1);
  });

  it('needs no thread for that', async () => {
    const { worker, threads } = start();
    await worker.close();
    expect(threads).toHaveLength(0);
  });
});
