import path from 'node:path';
import { makeBundle } from '../../../support/bundle-factory';
import { mustRun, temporaryFolder } from '../../../support/programs';

const hook = path.join(__dirname, '../../../support/typescript-hook.js');
const child = path.join(__dirname, 'unwritable-disk-child.ts');

const starts = [
  ['full/closed', 'storage-full'],
  ['full/killed', 'storage-full'],
  ['full/copied', 'storage-full'],
  ['crowded/closed', 'storage-full'],
  ['crowded/copied', 'storage-full'],
  ['read-only/closed', 'unavailable'],
  ['read-only/killed', 'unavailable'],
  ['read-only/copied', 'unavailable'],
] as const;
const stops = ['full/stop', 'full/stop-later', 'crowded/stop', 'read-only/stop'];
const firstStarts = [
  ['full/first', 'storage-full'],
  ['tight/first', 'storage-full'],
  ['crowded/first', 'storage-full'],
  ['read-only/first', 'unavailable'],
] as const;
const upgrades = [
  ['full/upgrade', 'storage-full'],
  ['tight/upgrade', 'storage-full'],
  ['read-only/upgrade', 'unavailable'],
] as const;

let outcomes: Record<string, unknown>;

/** Runs each case on a small disk of its own, in a mount namespace that ends with it. */
function run(cases: readonly string[]): () => Promise<void> {
  return async () => {
    const { path: bundle } = await makeBundle({ version: '1.0.0' });
    const { stdout } = await mustRun('unshare', [
      ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
      ...['--mount', process.execPath, '-r', hook, child],
      ...[await temporaryFolder(), bundle, ...cases],
    ]);
    outcomes = JSON.parse(stdout) as Record<string, unknown>;
  };
}

const namesOf = (cases: readonly (readonly [string, string])[]) => cases.map(([name]) => name);

describe('a start on a disk that takes no writes', () => {
  beforeAll(run([...namesOf(starts), 'full/beside']));

  it.each(starts)('answers devices from what is there, says so, and heals: %s', (name, code) => {
    expect(outcomes[name]).toEqual({
      whileBroken: {
        known: 'held',
        other: 'bundle.raucb',
        report: code,
        unhold: code,
        bundles: ['bundle.raucb'],
        problem: code,
      },
      told: [expect.stringMatching(/^cannot save changes: .* Devices are answered/)],
      healed: null,
      afterwards: {
        known: 'held',
        other: expect.any(String) as string,
        report: 'done',
        unhold: 'done',
        bundles: ['bundle.raucb', 'found.raucb'],
        problem: null,
      },
      second: 'configuration',
      kept: { hold: null, other: 'installed', elsewhere: true },
    });
  });

  it('sees what a command wrote beside it meanwhile', () => {
    expect(outcomes['full/beside']).toEqual({ problem: 'storage-full', isSeen: true });
  });
});

describe('a stop on a disk that takes no writes', () => {
  beforeAll(run(stops));

  it.each(stops)('ends in order, and the next start knows what was known: %s', (name) => {
    expect(outcomes[name]).toEqual({
      offered: 'bundle.raucb',
      stopped: 'done',
      asked: {
        known: 'held',
        other: 'bundle.raucb',
        report: 'done',
        unhold: 'done',
        bundles: ['bundle.raucb', 'found.raucb'],
        problem: null,
      },
    });
  });
});

const words = expect.stringMatching(/\S/) as string;

describe('the first start ever on a disk that takes no writes', () => {
  beforeAll(run(namesOf(firstStarts)));

  it.each(firstStarts)(
    'is refused with what to do, and is one all the same once it does: %s',
    (name, code) => {
      const refused = { code, message: words, remedy: words };
      expect(outcomes[name]).toEqual({ refused, isMarked: false, isOpen: false, offered: 'bundle.raucb' });
    },
  );
});

describe('a start on an earlier database on a disk that takes no writes', () => {
  beforeAll(run(namesOf(upgrades)));

  it.each(upgrades)('is refused with how to go on or back, and leaves it as it was: %s', (name, code) => {
    const message = expect.stringMatching(/server\.db (must|cannot) be upgraded/) as string;
    const remedy = expect.stringMatching(/\S.* The previous version can still use it\.$/) as string;
    const refused = { code, message, remedy };
    expect(outcomes[name]).toEqual({ refused, isAsBefore: true, offered: 'bundle.raucb' });
  });
});
