import { SerialQueue } from '../../../../src/base/collections/serial-queue';

/** Work that ends when it is told to. */
function work() {
  let finish: (result: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const ended = new Promise<string>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  return { run: jest.fn(() => ended), finish, fail };
}
const turn = () => new Promise(setImmediate);

it('runs one after the other, in the order in which they were asked for', async () => {
  const queue = new SerialQueue();
  const [first, second] = [work(), work()];
  const results = Promise.all([queue.run(first.run), queue.run(second.run)]);
  await turn();
  expect([first.run.mock.calls.length, second.run.mock.calls.length]).toEqual([1, 0]);
  first.finish('a');
  await turn();
  expect(second.run).toHaveBeenCalledTimes(1);
  second.finish('b');
  expect(await results).toEqual(['a', 'b']);
});

it('goes on after work that failed, and tells that to its caller alone', async () => {
  const queue = new SerialQueue();
  const failing = work();
  const results = Promise.allSettled([
    queue.run(failing.run),
    queue.run(() => {
      throw new Error('at once');
    }),
    queue.run(() => Promise.resolve('done')),
  ]);
  failing.fail(new Error('later'));
  expect(await results).toEqual([
    { status: 'rejected', reason: new Error('later') },
    { status: 'rejected', reason: new Error('at once') },
    { status: 'fulfilled', value: 'done' },
  ]);
});

it('is idle once everybody who asked has heard', async () => {
  const queue = new SerialQueue();
  expect(queue.isIdle).toBe(true);
  const [first, second] = [work(), work()];
  const results = [queue.run(first.run), queue.run(second.run)];
  expect(queue.isIdle).toBe(false);
  first.finish('a');
  await results[0];
  expect(queue.isIdle).toBe(false);
  second.fail(new Error('no'));
  await expect(results[1]).rejects.toThrow('no');
  expect(queue.isIdle).toBe(true);
});
