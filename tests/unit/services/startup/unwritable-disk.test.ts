import path from 'node:path';
import { makeBundle } from '../../../support/bundle-factory';
import { mustRun, temporaryFolder } from '../../../support/programs';

const hook = path.join(__dirname, '../../../support/typescript-hook.js');
const child = path.join(__dirname, 'unwritable-disk-child.ts');

const starts = [
  ['full/closed', 'storage-full'],
  ['full/killed', 'storage-full'],
  ['full/copied', 'storage-full'],
  ['read-only/closed', 'unavailable'],
  ['read-only/killed', 'unavailable'],
] as const;

let outcomes: Record<string, unknown>;
beforeAll(async () => {
  const { path: bundle } = await makeBundle({ version: '1.0.0' });
  // Small disks of its own, in a mount namespace that ends with it.
  const { stdout } = await mustRun('unshare', [
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
    ...['--mount', process.execPath, '-r', hook, child],
    ...[await temporaryFolder(), bundle, ...starts.map(([name]) => name)],
  ]);
  outcomes = JSON.parse(stdout) as Record<string, unknown>;
});

describe('a start on a disk that takes no writes', () => {
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
      told: [expect.stringMatching(/^nothing can be saved: .* Devices are answered/)],
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
});
