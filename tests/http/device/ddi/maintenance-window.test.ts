import type { Installation } from '../../../../src/core/installation';
import { parseWindow } from '../../../../src/core/maintenance-window';
import { everyoneAtOnce } from '../../../../src/core/rollout';
import { createDeviceProtocols } from '../../../../src/http/device/protocols';
import { HawkbitClient } from '../../../support/hawkbit-client';
import { board, person, type ReleasedFleet, startReleasedFleet } from '../../../support/released-fleet';

const id = 'dev-1';
const hourSeconds = 3_600;
const waits = { download: 'forced', update: 'skip', maintenanceWindow: 'unavailable' };
const installs = { download: 'forced', update: 'forced', maintenanceWindow: 'available' };

let fleet: ReleasedFleet;
let device: HawkbitClient;
afterEach(() => fleet.close());

/** A release whose window opens in two hours, for two hours. */
async function start(downloadsAhead: boolean): Promise<void> {
  const protocols = createDeviceProtocols({ ddi: { downloadsAhead } });
  fleet = await startReleasedFleet({ change: { protocols } });
  device = new HawkbitClient((await fleet.connect(id, 'HTTP/2')).client, id);
  const clock = (hours: number) =>
    new Date(fleet.now().getTime() + hours * hourSeconds * 1_000).toISOString().slice(11, 16);
  const policy = { ...everyoneAtOnce, window: parseWindow(`daily ${clock(2)}-${clock(4)}`) };
  const request = { name: 'v2.0.0.raucb', compatible: board, actor: 'local', policy };
  await fleet.services.activateRelease.activate(request);
}

const deployment = async () => {
  const { deployment: told } = await device.deployment();
  const { download, update, maintenanceWindow } = told as typeof told & { maintenanceWindow?: string };
  return { download, update, maintenanceWindow };
};
const begin = async (): Promise<string> => {
  const { action } = await device.links();
  await device.feedback(action, 'proceeding', 'none', ['Download complete.']);
  return action;
};
const latest = async (): Promise<Partial<Installation> | null> => fleet.latest(id);

describe('a maintenance window', () => {
  it('keeps a release from devices as long as it is closed, unless they download ahead', async () => {
    await start(false);
    expect((await device.links()).kinds).toEqual(['configData']);
    fleet.wait(3 * hourSeconds);
    expect(await deployment()).toEqual({ download: 'forced', update: 'forced' });
  });

  it('has devices download ahead, wait, and install the same action when it opens', async () => {
    await start(true);
    expect(await deployment()).toEqual(waits);
    const action = await begin();
    fleet.wait(hourSeconds);
    expect(await deployment()).toEqual(waits);
    expect((await device.links()).action).toBe(action);
    fleet.wait(2 * hourSeconds);
    expect(await deployment()).toEqual(installs);
    await device.feedback(action, 'proceeding', 'none', [' 10% Copying image to rootfs.1']);
    fleet.wait(2 * hourSeconds);
    expect(await deployment()).toEqual(installs); // it installs, and goes on
    expect(await device.feedback(action, 'closed', 'success')).toBe(200);
    expect(await latest()).toMatchObject({ state: 'installed', id: Number(action) });
  });

  it.each([
    ['stays closed', 0],
    ['has opened', 3],
  ])('that %s while a device reboots keeps the action, which has written nothing', async (_, hours) => {
    await start(true);
    const tell = (boot: string) => device.configData({ boot_id: boot, system_version: '1.0.0' });
    await tell('boot-1');
    const { deployment: told } = await device.deployment();
    await device.request(told.chunks[0]?.artifacts[0]?._links['download']?.href ?? '');
    const action = await begin();
    fleet.wait(hours * hourSeconds);
    await tell('boot-2');
    expect(await latest()).toMatchObject({ state: 'downloading', id: Number(action) });
    expect((await device.links()).action).toBe(action);
    expect(await deployment()).toEqual(hours === 0 ? waits : installs);

    // A boot while it writes is another matter.
    await device.feedback(action, 'proceeding', 'none', ['  0% Installing']);
    await tell('boot-3');
    expect(await latest()).toMatchObject({ state: 'rolled-back' });
  });

  it('lets what began while it was open go on when it closes', async () => {
    await start(true);
    fleet.wait(3 * hourSeconds);
    await begin();
    fleet.wait(2 * hourSeconds);
    expect(await deployment()).toEqual(installs);
  });

  it('that opens lets nobody install what is paused, or who is held', async () => {
    await start(true);
    await deployment();
    await begin();
    const { manageRollouts, manageDevices, activateRelease } = fleet.services;
    await manageDevices.hold(id, 'on the bench', person);
    fleet.wait(3 * hourSeconds);
    expect(await deployment()).toEqual(waits);
    await manageDevices.liftHold(id, person);
    expect(await deployment()).toEqual(installs);
    await manageRollouts.pause(fleet.releaseId(), 'a board smells', person);
    expect(await deployment()).toEqual(waits);
    await activateRelease.deactivate({ compatible: board, actor: 'local' });
    expect(await deployment()).toEqual(waits);
  });

  it('does not concern a pinned bundle', async () => {
    await start(true);
    await fleet.services.manageDevices.create(id, {}, person);
    await fleet.services.manageDevices.pin(id, 'v2.0.0.raucb', person);
    expect(await deployment()).toEqual({ download: 'forced', update: 'forced' });
  });
});
