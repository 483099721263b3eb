import { ClosableRun } from '../../../../src/base/collections/closable-run';

it('runs until it is closed, which waits for the current run and starts no other', async () => {
  let runs = 0;
  let end: () => void = () => undefined;
  const closable = new ClosableRun(() => {
    runs += 1;
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  const first = closable.start();
  expect(closable.signal.aborted).toBe(false);
  let isClosed = false;
  const closed = closable.close().then(() => {
    isClosed = true;
  });
  expect(closable.signal.aborted).toBe(true);
  await Promise.resolve();
  expect(isClosed).toBe(false);
  end();
  await Promise.all([first, closed]);
  await closable.start();
  expect(runs).toBe(1);
});

it('closes when the current run fails, which is told to whoever started it', async () => {
  let fail: (error: Error) => void = () => undefined;
  const closable = new ClosableRun(
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  const run = closable.start();
  const closed = closable.close();
  fail(new Error('the disk is full'));
  await expect(run).rejects.toThrow('the disk is full');
  await expect(closed).resolves.toBeUndefined();
});
