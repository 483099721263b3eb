import { randomBytes } from 'node:crypto';
import type { Bundle } from '../../../../src/core/bundle';
import { opaqueInspection } from '../../../../src/core/opaque';
import type { StagedBundle } from '../../../../src/ports/bundle-storage';
import { OpaqueFiles, type OpaqueFilesPorts } from '../../../../src/services/hawkbit/opaque-files';
import { bundleOf } from '../../../support/fleet-factory';

const staged = {} as StagedBundle;
const target = { moduleId: 1, fileName: 'a.bin', actor: { name: 'ann', address: null } };

/** Stored files and what modules point to; `meanwhile` runs once, after the modules were read and before anyone hears of it. */
function openFiles() {
  const stored = new Map<string, Bundle>();
  const pointed = new Set<string>();
  const race: { meanwhile: () => Promise<void> } = { meanwhile: () => Promise.resolve() };
  const ports: OpaqueFilesPorts = {
    catalog: { bundles: () => [...stored.values()] },
    drafts: {
      async pointedTo() {
        const seen = new Set(pointed);
        const { meanwhile } = race;
        race.meanwhile = () => Promise.resolve();
        await meanwhile();
        return seen;
      },
    },
    publishBundle: {
      publish(_, { name }) {
        const bundle = { ...bundleOf(null), name, inspection: opaqueInspection(1) };
        stored.set(name, bundle);
        return Promise.resolve({ bundle, isNew: true } as never);
      },
    },
    deleteBundle: {
      delete({ name }) {
        const bundle = stored.get(name) as Bundle;
        stored.delete(name);
        return Promise.resolve(bundle);
      },
    },
    randomBytes,
  };
  return { files: new OpaqueFiles(ports), stored, pointed, race };
}

describe('opaque files', () => {
  it('one that becomes the file of its module while others are swept stays', async () => {
    const { files, stored, pointed, race } = openFiles();
    stored.set('left', { ...bundleOf(null), name: 'left', inspection: opaqueInspection(1) });
    let release = (): void => undefined;
    const isSwept = new Promise<void>((resolve) => (release = resolve));
    let swept: Promise<void> = Promise.resolve();
    const storing = files.store(staged, target, ({ bundle }) => {
      race.meanwhile = async () => {
        pointed.add(bundle.name);
        await isSwept;
      };
      swept = files.sweep();
      return Promise.resolve();
    });
    await storing;
    release();
    await swept;
    expect([...stored.keys()]).toEqual([...pointed]);
    expect(stored.size).toBe(1);
  });

  it('one whose module is gone when it has arrived leaves again', async () => {
    const { files, stored } = openFiles();
    const refused = files.store(staged, target, () => Promise.reject(new Error('no such module')));
    await expect(refused).rejects.toThrow('no such module');
    expect(stored.size).toBe(0);
  });
});
