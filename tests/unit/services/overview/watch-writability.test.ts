import { DomainError } from '../../../../src/core/errors';
import { WritabilityWatch } from '../../../../src/services/overview/watch-writability';

const full = new DomainError('storage-full', 'the disk is full');
const readOnly = new DomainError('unavailable', 'the data folder is read-only');

let problem: DomainError | null;
let found: DomainError | null;
let told: string[];
let healed: number;
let failsToHeal: boolean;
let watch: WritabilityWatch;
beforeEach(() => {
  problem = null;
  found = null;
  told = [];
  healed = 0;
  failsToHeal = false;
  watch = new WritabilityWatch({
    writability: {
      problem: () => problem,
      tryAgain: () => {
        problem = found;
        return Promise.resolve();
      },
    },
    onHealed: () => {
      healed += 1;
      return failsToHeal ? Promise.reject(full) : Promise.resolve();
    },
    log: {
      info: (_, message) => void told.push(`info ${message}`),
      warn: (_, message) => void told.push(`warn ${message}`),
      error: (_, message) => void told.push(`error ${message}`),
    },
  });
});

function become(next: DomainError | null): Promise<void> {
  if (next !== null) problem = next;
  found = next;
  return watch.run();
}

describe('the watch of a disk that takes no writes', () => {
  it('says nothing while it does', async () => {
    await become(null);
    expect([told, healed]).toEqual([[], 0]);
  });

  it('tells the log when it begins, when its reason changes and when it ends, once each', async () => {
    await become(full);
    await become(full);
    await become(readOnly);
    await become(readOnly);
    await become(null);
    await become(null);
    expect(told).toEqual([
      expect.stringContaining('error cannot save changes: the disk is full'),
      expect.stringContaining('error cannot save changes: the data folder is read-only'),
      'info changes can be saved again',
    ]);
    expect(healed).toBe(1);
  });

  it('does what waited for the disk again when that failed', async () => {
    await become(full);
    failsToHeal = true;
    await expect(become(null)).rejects.toBe(full);
    failsToHeal = false;
    await become(null);
    expect(healed).toBe(2);
    expect(told.at(-1)).toContain('info ');
  });
});
