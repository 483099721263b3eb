import { type DeviceRecord, newcomer, withInstallation } from '../../../src/core/device-record';
import type { Installation } from '../../../src/core/installation';
import { deviceOf } from '../../support/device-factory';
import { installationOf, madeAt } from '../../support/fleet-factory';

const empty = newcomer(deviceOf('dev-1'));
const failed = installationOf({ id: 1, state: 'failed' });
const { sha256 } = failed;
const clear = (installation: Installation): Installation => ({ ...installation, clearedAt: madeAt });

/** What came of installations, one after the other, each changed from what the list has of it before. */
function after(...changes: readonly Installation[]): DeviceRecord {
  const known = new Map<number, Installation>();
  return changes.reduce((record, installation) => {
    const before = known.get(installation.id) ?? null;
    known.set(installation.id, installation);
    return withInstallation(record, before, installation);
  }, empty);
}

it('knows nothing of a newcomer but the device', () => {
  expect(empty).toEqual({
    device: deviceOf('dev-1'),
    installation: null,
    failures: new Map(),
    interruptions: new Map(),
  });
});

it('has the newest installation, however late an older one changes', () => {
  const next = installationOf({ id: 2 });
  expect(after(failed, next).installation).toEqual(next);
  expect(after(failed, next, clear(failed)).installation).toEqual(next);
  expect(after(failed, clear(failed)).installation).toEqual(clear(failed));
});

it.each<[string, Installation[], number, number]>([
  ['a failure', [failed], 1, 0],
  ['a rollback', [installationOf({ state: 'rolled-back' })], 1, 0],
  ['an interruption', [installationOf({ state: 'interrupted' })], 0, 1],
  ['an offer', [installationOf()], 0, 0],
  ['the same failure told again', [failed, failed], 1, 0],
  ['two failures', [failed, installationOf({ id: 2, state: 'failed' })], 2, 0],
  ['a failure that a person has cleared', [failed, clear(failed)], 0, 0],
  [
    'one of two that a person has cleared',
    [failed, installationOf({ id: 2, state: 'failed' }), clear(failed)],
    1,
    0,
  ],
  ['a failure that goes on', [failed, installationOf({ id: 1, state: 'downloading' })], 0, 0],
  ['an interruption that fails', [installationOf({ state: 'interrupted' }), failed], 1, 0],
])('counts %s for its bundle', (_, changes, failures, interruptions) => {
  const record = after(...changes);
  expect(record.failures).toEqual(new Map(failures === 0 ? [] : [[sha256, failures]]));
  expect(record.interruptions).toEqual(new Map(interruptions === 0 ? [] : [[sha256, interruptions]]));
});
