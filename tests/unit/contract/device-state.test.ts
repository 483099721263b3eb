import { deviceState, type Running, runsCurrent } from '../../../src/contract/device-state';
import { installationStates, unsettledStates } from '../../../src/core/installation-states';

const heardAt = '2026-11-24T04:00:00.000Z';
const heard = { first_contact_at: heardAt, certificates: [] };

describe('the state of a device in one badge', () => {
  it('is "up to date" unless its installation is still open, however the latest one ended', () => {
    const states = installationStates.map((state) =>
      deviceState({ ...heard, installation: { state } }, true),
    );
    const open: readonly string[] = unsettledStates;
    expect(states).toEqual(installationStates.map((state) => (open.includes(state) ? state : 'up-to-date')));
    expect(deviceState({ ...heard, installation: null }, true)).toBe('up-to-date');
  });

  it('is never "up to date" while its certificate is refused', () => {
    const old = { last_seen_at: heardAt, revoked_at: null };
    const revoked = { last_seen_at: '2026-11-25T04:00:00.000Z', revoked_at: '2026-11-26T04:00:00.000Z' };
    const refused = { ...heard, certificates: [revoked, old] };
    expect(deviceState({ ...refused, installation: { state: 'proven' } }, true)).toBe('proven');
    expect(deviceState({ ...refused, installation: null }, true)).toBeNull();
    const renewed = { ...heard, certificates: [{ ...revoked, last_seen_at: '2026-11-23T04:00:00Z' }, old] };
    expect(deviceState({ ...renewed, installation: null }, true)).toBe('up-to-date');
  });

  it('is that of its latest installation while it is not up to date', () => {
    for (const state of installationStates)
      expect(deviceState({ ...heard, installation: { state } }, false)).toBe(state);
  });

  it('is that it was never heard, or nothing at all, without an installation', () => {
    expect(deviceState({ ...heard, first_contact_at: null, installation: null }, false)).toBe('never-heard');
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
  const proven = (sha256: string) => ({
    state: 'proven',
    bundle: `${sha256}.raucb`,
    sha256,
    from_version: '1.0',
  });
  const runs = (changes: Partial<Running>, releases = [beta, release] as Parameters<typeof runsCurrent>[1]) =>
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

  it('although its latest installation failed, unless that was another build of what it runs', () => {
    const failed = { ...proven('new'), state: 'failed' };
    expect(runs({ installation: failed })).toBe(true);
    expect(runs({ installation: { ...failed, from_version: '2.0' } })).toBe(false);
    expect(runs({ installation: { ...failed, state: 'withdrawn', from_version: '2.0' } })).toBe(true);
  });

  it('not when nobody knows its version, or that of the release', () => {
    expect(runs({ system_version: null })).toBe(false);
    expect(runs({ system_version: null }, [{ ...release, version: null }])).toBe(false);
  });

  it('not when a person keeps it from what is current', () => {
    expect(
      runs({ hold: { reason_code: null, reason_parameters: null, reason: '', by: 'local', at: heardAt } }),
    ).toBe(false);
    expect(runs({ admission: 'waiting' })).toBe(false);
  });

  it('by its pin, whatever is current', () => {
    const pin = { bundle: 'old.raucb', by: 'local', at: heardAt };
    expect(runs({ pin, system_version: '1.0', installation: proven('old') })).toBe(true);
    expect(runs({ pin, installation: proven('new') })).toBe(false);
    expect(runs({ pin })).toBe(false);
  });
});
