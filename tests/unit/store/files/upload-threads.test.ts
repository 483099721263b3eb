import { existsSync } from 'node:fs';
import path from 'node:path';
import { ThreadedUpload } from '../../../../src/store/files/threaded-upload';
import { maxIdleThreads, UploadThreads } from '../../../../src/store/files/upload-threads';
import { ObeyingUploads } from '../../../support/obeying-uploads';
import { temporaryFolder } from '../../../support/programs';

let folder: string;
let disk: ObeyingUploads;
let opened: UploadThreads[];
beforeEach(async () => {
  opened = [];
  folder = await temporaryFolder();
  disk = new ObeyingUploads(path.join(folder, 'bundles'));
});
afterEach(() => Promise.all(opened.map((threads) => threads.close())));

function open(idleMs?: number): UploadThreads {
  const threads = new UploadThreads(disk.threads(idleMs));
  opened.push(threads);
  return threads;
}

it('gives each upload a thread of its own, and an idle one before a new one', async () => {
  const threads = open();
  const [first, second] = [threads.take(), threads.take()];
  expect(second).not.toBe(first);
  threads.giveBack(first);
  expect(threads.take()).toBe(first);
  await Promise.all([first.end(), second.end()]);
});

it('keeps a few idle threads, and ends the others', async () => {
  const threads = open();
  const used = Array.from({ length: maxIdleThreads + 2 }, () => threads.take());
  for (const thread of used) threads.giveBack(thread);
  await Promise.all(used.slice(maxIdleThreads).map(({ ended }) => ended));
  const again = Array.from({ length: maxIdleThreads }, () => threads.take());
  expect(new Set(again)).toEqual(new Set(used.slice(0, maxIdleThreads)));
  await Promise.all(again.map((thread) => thread.end()));
});

it('ends a thread that was idle for some time, but none that is in use again', async () => {
  const threads = open(300);
  const [used, idle] = [threads.take(), threads.take()];
  threads.giveBack(idle);
  threads.giveBack(used);
  expect(threads.take()).toBe(used);
  await idle.ended;
  expect(used.isIdle).toBe(true);
  await used.end();
});

it('does not give out a thread that died while it was idle', async () => {
  const threads = open();
  const dead = threads.take();
  threads.giveBack(dead);
  await dead.end();
  const next = threads.take();
  expect(next).not.toBe(dead);
  await next.end();
});

it('ends a thread that has something left to do', async () => {
  const threads = open();
  const busy = threads.take();
  const asked = busy.ask({ kind: 'discard' }); // without an upload: the thread never answers
  threads.giveBack(busy);
  await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
  await busy.ended;
});

it('ends all threads at the end: idle ones at once, others with their uploads', async () => {
  const threads = open();
  const [idle, busy] = [threads.take(), threads.take()];
  threads.giveBack(idle);
  await threads.close();
  expect([idle.isIdle, busy.isIdle]).toEqual([false, true]);
  threads.giveBack(busy);
  await busy.ended;
});

it('keeps the first thread of an upload that gets no second one', async () => {
  const threads = open();
  const first = threads.take();
  const file = path.join(folder, 'first');
  jest
    .spyOn(threads, 'take')
    .mockReturnValueOnce(first)
    .mockImplementationOnce(() => {
      throw new Error('no thread is left');
    });
  expect(() => new ThreadedUpload(file, threads)).toThrow('no thread is left');
  expect(threads.take()).toBe(first);
  await first.end();
  expect(existsSync(file)).toBe(false);
});

it('lets an upload that is over ask nothing more of its thread', async () => {
  const threads = open();
  const upload = new ThreadedUpload(path.join(folder, 'first'), threads);
  await upload.write(Buffer.alloc(9));
  await upload.discard();
  const next = new ThreadedUpload(path.join(folder, 'next'), threads);
  await upload.write(Buffer.alloc(1 << 20, 'x'));
  await expect(upload.finish()).rejects.toThrow('over');
  await expect(upload.keep({ file: path.join(folder, 'kept'), replaces: false })).rejects.toThrow('over');
  await next.write(Buffer.from('next'));
  expect(await next.finish()).toMatchObject({ sizeBytes: 4 });
  await next.discard();
});
