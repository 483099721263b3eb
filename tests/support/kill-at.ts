import fs from 'node:fs/promises';

/**
 * Makes the `step`-th change to the disk fail, and every later one, including cleanup. The disk then looks as if the process had been
 * killed there.
 * @returns whether the work got that far
 */
export async function killAt(step: number, work: () => Promise<unknown>): Promise<boolean> {
  let steps = 0;
  const dies = (name: 'open' | 'link' | 'rename' | 'rm'): void => {
    const real = fs[name] as (...args: unknown[]) => Promise<unknown>;
    jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      steps++;
      return steps >= step ? Promise.reject(new Error('killed')) : real(...args);
    }) as never);
  };
  dies('open');
  dies('link');
  dies('rename');
  dies('rm');
  await work().catch(() => undefined);
  jest.restoreAllMocks();
  return steps >= step;
}
