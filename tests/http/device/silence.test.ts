import { makeBundle } from '../../support/bundle-factory';
import { raucHeaders } from '../../support/rauc-poller';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';
import { said } from '../../support/said';

let fleet: ReleasedFleet;
afterEach(() => fleet.close());

const start = async (options: Parameters<typeof startReleasedFleet>[0] = {}) => {
  fleet = await startReleasedFleet(options);
  const { rauc, client } = await fleet.connect('dev-1', 'HTTP/2');
  return { rauc, client };
};
const booted = (boot: number, version = '1.0.0', slot?: string) => ({
  ...raucHeaders(board, version, `dev-1-boot-${boot}`),
  ...(slot === undefined ? {} : { 'RAUC-Slot': slot }),
});

describe('a poll of RAUC after the payload stopped', () => {
  it('makes the installation stopped, gives its place to others, and leaves the proof to a boot', async () => {
    const { rauc } = await start({ fleetRules: {} });
    const other = await fleet.connect('dev-2', 'HTTP/2');
    await rauc.poll();
    await rauc.install('t-1');
    fleet.wait(30);
    await rauc.poll();
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'stopped', isPresumed: false });
    expect(await fleet.journal('dev-1')).toContain('installation.stopped');
    expect((await other.rauc.poll()).statuses).toEqual([307, 206]);
    rauc.restart(booted(2, '2.0.0'));
    await rauc.poll();
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'proven', bootedVersion: '2.0.0' });
  });

  it('is taken up again when the device reads on', async () => {
    const { rauc } = await start();
    await rauc.poll();
    const opened = await rauc.install('t-1');
    fleet.wait(30);
    await rauc.poll();
    await rauc.readPayload(opened);
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'downloading' });
  });

  it('of a script says nothing: its installer may run on', async () => {
    const { rauc, client } = await start();
    await rauc.install('t-1');
    fleet.wait(3_600);
    await client.request('/api/v1/manifest.json?compatible=test-board', booted(1));
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'downloading' });
  });

  it('makes it failed when the device cannot have enough', async () => {
    const { rauc } = await start();
    await rauc.poll();
    await rauc.open('t-1');
    fleet.wait(30);
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason: 'failed-before' });
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'failed', isPresumed: true });
  });

  it('makes it failed after as many polls as the option says', async () => {
    const { rauc } = await start({ fleetRules: { failAfterPolls: 2 } });
    await rauc.poll();
    await rauc.install('t-1');
    const states: unknown[] = [];
    for (let poll = 0; poll < 3; poll += 1) {
      fleet.wait(60);
      await rauc.poll();
      states.push((await fleet.latest('dev-1'))?.state);
    }
    expect(states).toEqual(['stopped', 'stopped', 'failed']);
  });
});

describe('a bundle that the device does not accept', () => {
  it('is rejected when the signature was read and the next poll does not remember it', async () => {
    const { rauc } = await start();
    await rauc.poll();
    rauc.restart();
    fleet.wait(60);
    await rauc.poll();
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'rejected', isPresumed: true });
    fleet.wait(60);
    rauc.restart();
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason: 'failed-before' });
  });

  it('is none of a device that remembers it, also when its service starts again later', async () => {
    const { rauc } = await start();
    await rauc.poll();
    fleet.wait(60);
    await rauc.poll();
    rauc.restart();
    fleet.wait(60);
    expect((await rauc.poll()).statuses).toEqual([307, 206]);
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'offered', signature: 'accepted' });
  });

  it('is taken back when the device shows that it accepted the bundle after all', async () => {
    const { rauc } = await start();
    await rauc.poll();
    rauc.restart();
    fleet.wait(60);
    await rauc.poll();
    fleet.wait(60);
    expect((await rauc.poll()).statuses).toEqual([304]);
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'offered', isPresumed: false });
  });
});

describe('a reboot before the payload was complete', () => {
  it('is an interruption: it is offered again, up to the limit, and pauses nothing', async () => {
    const { rauc } = await start({ fleetRules: { maxInterruptions: 2 } });
    await rauc.poll();
    await rauc.open('t-1');
    rauc.restart(booted(2));
    expect((await rauc.poll()).statuses).toEqual([307, 206]);
    const [latest, before] = (await fleet.services.manageDevices.get('dev-1')).installations;
    expect([latest?.state, before?.state]).toEqual(['offered', 'interrupted']);
    await rauc.open('t-2');
    rauc.restart(booted(3));
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason: 'interrupted-before' });
    await fleet.services.manageDevices.clearFailures('dev-1', person);
    expect((await rauc.poll()).statuses).toEqual([307, 206]);
  });

  it('is a rollback when the device had read everything', async () => {
    const { rauc } = await start();
    await rauc.poll();
    await rauc.install('t-1');
    rauc.restart(booted(2));
    await rauc.poll();
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'rolled-back' });
  });
});

describe('a bundle that waits for its reboot', () => {
  it('is not withdrawn by a newer release, which comes after the boot; a pin comes at once', async () => {
    const { rauc } = await start();
    await rauc.poll();
    await rauc.install('t-1');
    fleet.wait(30);
    await rauc.poll();
    await fleet.release('3.0.0');
    fleet.wait(60);
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason: 'waits-for-reboot' });
    expect(await fleet.latest('dev-1')).toMatchObject({ bundleName: 'v2.0.0.raucb', state: 'stopped' });
    rauc.restart(booted(2, '2.0.0'));
    const { etag } = await rauc.poll();
    expect(await fleet.latest('dev-1')).toMatchObject({ bundleName: 'v3.0.0.raucb', state: 'offered' });
    expect(etag).toBeDefined();
    const states = (await fleet.services.manageDevices.get('dev-1')).installations.map(({ state }) => state);
    expect(states).toEqual(['offered', 'proven']);
  });
});

describe('a bundle of the version that runs', () => {
  it('is proven by the slot that booted, with a warning, and not offered again', async () => {
    const { rauc } = await start();
    rauc.restart(booted(1, '1.0.0', 'A'));
    await rauc.poll();
    await rauc.install('t-1');
    rauc.restart(booted(2, '1.0.0', 'B'));
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason: 'up-to-date' });
    const proven = await fleet.latest('dev-1');
    expect(proven).toMatchObject({ state: 'proven', fromSlot: 'A', bootedSlot: 'B', bootedVersion: '1.0.0' });
    expect(proven?.message).toEqual(said(/Warning/));
    rauc.restart(booted(3, '1.0.0', 'A'));
    await rauc.poll();
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'rolled-back' });
  });

  it('is offered as the next nightly to a device that tells its slot, and once', async () => {
    const { rauc } = await start();
    rauc.restart(booted(1, '1.0.0', 'A'));
    await rauc.poll();
    await rauc.install('t-1');
    rauc.restart(booted(2, '2.0.0', 'B'));
    await rauc.poll();
    const { path } = await makeBundle({ compatible: board, version: '2.0.0', seed: 'next' });
    await fleet.publish(path, { name: 'next.raucb', compatible: board, activate: true });
    expect((await rauc.poll()).statuses).toEqual([307, 206]);
    await rauc.install('t-2');
    rauc.restart(booted(3, '2.0.0', 'A'));
    expect(await rauc.poll()).toMatchObject({ statuses: [204], reason: 'up-to-date' });
    expect(await fleet.latest('dev-1')).toMatchObject({ bundleName: 'next.raucb', state: 'proven' });
  });
});
