import { SharedRun } from '../../../../src/base/collections/shared-run';

describe('work that runs once at a time', () => {
  let begun: number;
  let finish: (() => void)[];
  const work = () =>
    new Promise<void>((resolve) => {
      begun += 1;
      finish.push(resolve);
    });

  beforeEach(() => {
    begun = 0;
    finish = [];
  });

  it('is begun once for all who start it meanwhile, and again afterwards', async () => {
    const runs = new SharedRun(work);
    const both = Promise.all([runs.start(), runs.start()]);
    expect(begun).toBe(1);
    finish[0]?.();
    await both;
    void runs.start();
    expect(begun).toBe(2);
  });

  it('is begun again after a failure, which is told to whoever started it', async () => {
    let isBroken = true;
    const runs = new SharedRun(() => (isBroken ? Promise.reject(new Error('broken')) : Promise.resolve()));
    await expect(runs.start()).rejects.toThrow('broken');
    isBroken = false;
    await runs.start();
  });

  it('has an end that can be waited for, also when none goes on', async () => {
    const runs = new SharedRun(work);
    await runs.ended();
    void runs.start();
    let hasEnded = false;
    const end = runs.ended().then(() => (hasEnded = true));
    await Promise.resolve();
    expect(hasEnded).toBe(false);
    finish[0]?.();
    await end;
  });
});
