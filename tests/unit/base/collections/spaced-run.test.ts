import { SpacedRun } from '../../../../src/base/collections/spaced-run';

describe('work that begins at most once in a while', () => {
  const everyMs = 50;
  const begun: number[] = [];
  const run = (work = () => Promise.resolve()) =>
    new SpacedRun(
      () => {
        begun.push(performance.now());
        return work();
      },
      everyMs,
      () => performance.now(),
    );
  beforeEach(() => {
    begun.length = 0;
  });

  it('is shared by all who ask before it begins, and begins again for who asks later', async () => {
    const spaced = run();
    const askedAt: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      askedAt.push(performance.now());
      await Promise.all(Array.from({ length: 100 }, () => spaced.next()));
    }
    expect(begun).toHaveLength(3);
    for (const [index, at] of begun.entries()) {
      expect(at).toBeGreaterThanOrEqual(askedAt[index] ?? Infinity);
      // Timers of Node may be a millisecond early.
      if (index > 0) expect(at - (begun[index - 1] ?? Infinity)).toBeGreaterThanOrEqual(everyMs - 2);
    }
  });

  it('begins anew for who asks while it runs: it may have begun too early', async () => {
    let end: () => void = () => undefined;
    const spaced = run(() => new Promise((resolve) => (end = resolve)));
    const first = spaced.next();
    while (begun.length < 1) await new Promise(setImmediate);
    const second = spaced.next();
    end();
    await first;
    while (begun.length < 2) await new Promise(setImmediate);
    end();
    await second;
    expect(begun).toHaveLength(2);
  });

  it('tells its failure to all who wait, and runs again', async () => {
    let failure: Error | undefined = new Error('away');
    const spaced = run(() => (failure === undefined ? Promise.resolve() : Promise.reject(failure)));
    expect(await Promise.allSettled([spaced.next(), spaced.next()])).toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    failure = undefined;
    await spaced.next();
    expect(begun).toHaveLength(2);
  });
});
