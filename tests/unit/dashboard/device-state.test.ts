import { installationStates } from '../../../src/core/installation-states';
import { loadFunction } from '../../support/page-parts';

const file = 'parts/device-state.ts';
const deviceState = loadFunction(file, 'deviceState') as (
  device: object,
  isUpToDate: boolean,
) => string | null;
const runsCurrent = loadFunction(file, 'runsCurrent') as (
  device: object,
  releases: readonly object[],
) => boolean;

const heard = { first_contact_at: '2026-11-24T04:00:00.000Z' };

describe('the state of a device in one badge', () => {
  it('is "up to date" only where no installation says more', () => {
    const states = installationStates.map((state) =>
      deviceState({ ...heard, installation: { state } }, true),
    );
    const settled = ['proven', 'withdrawn'];
    expect(states).toEqual(
      installationStates.map((state) => (settled.includes(state) ? 'up-to-date' : state)),
    );
    expect(deviceState({ ...heard, installation: null }, true)).toBe('up-to-date');
  });

  it('is that of its latest installation while it is not up to date', () => {
    for (const state of installationStates)
      expect(deviceState({ ...heard, installation: { state } }, false)).toBe(state);
  });

  it('is that it was never heard, or nothing at all, without an installation', () => {
    expect(deviceState({ first_contact_at: null, installation: null }, false)).toBe('never-heard');
    expect(deviceState({ ...heard, installation: null }, false)).toBeNull();
  });
});

describe('a device runs what is current', () => {
  const release = { compatible: 'board', channel: 'stable', version: '2.0', sha256: 'new' };
  const beta = { compatible: 'board', channel: 'beta', version: '3.0', sha256: 'beta' };
  const device = {
    compatible: 'board',
    channel: 'stable',
    system_version: '2.0',
    admission: 'admitted',
    hold: null,
    pin: null,
    installation: null,
  };
  const proven = (sha256: string) => ({ state: 'proven', bundle: `${sha256}.raucb`, sha256 });
  const runs = (changes: object, releases: readonly object[] = [beta, release]) =>
    runsCurrent({ ...device, ...changes }, releases);

  it('by its version, from the factory as after an installation', () => {
    expect(runs({})).toBe(true);
    expect(runs({ installation: proven('new') })).toBe(true);
  });

  it('not when another version, or another build of it, is current where it belongs', () => {
    expect(runs({ system_version: '1.0' })).toBe(false);
    expect(runs({ installation: proven('old') })).toBe(false);
    expect(runs({ channel: 'beta' })).toBe(false);
    expect(runs({ compatible: 'other' })).toBe(false);
    expect(runs({}, [])).toBe(false);
  });

  it('not when nobody knows its version, or that of the release', () => {
    expect(runs({ system_version: null })).toBe(false);
    expect(runs({ system_version: null }, [{ ...release, version: null }])).toBe(false);
  });

  it('not when a person keeps it from what is current', () => {
    expect(runs({ hold: { reason: '', by: 'local', at: heard.first_contact_at } })).toBe(false);
    expect(runs({ admission: 'waiting' })).toBe(false);
  });

  it('by its pin, whatever is current', () => {
    const pin = { bundle: 'old.raucb', by: 'local', at: heard.first_contact_at };
    expect(runs({ pin, system_version: '1.0', installation: proven('old') })).toBe(true);
    expect(runs({ pin, installation: proven('new') })).toBe(false);
    expect(runs({ pin })).toBe(false);
  });
});
