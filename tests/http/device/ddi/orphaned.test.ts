import { HawkbitClient } from '../../../support/hawkbit-client';
import { person, type ReleasedFleet, startReleasedFleet } from '../../../support/released-fleet';
import { said } from '../../../support/said';

const id = 'dev-1';
const lostAfterMs = 24 * 3_600_000;

describe('an action of which the device says nothing any more, although it polls', () => {
  let fleet: ReleasedFleet;
  let device: HawkbitClient;

  beforeEach(async () => {
    fleet = await startReleasedFleet({ fleetRules: { lostAfterMs } });
    device = new HawkbitClient((await fleet.connect(id, 'HTTP/2')).client, id);
  });
  afterEach(() => fleet.close());

  const state = async () => (await fleet.latest(id))?.state;
  /** Polls for as long, every six hours. */
  const pollFor = async (hours: number) => {
    for (let passed = 0; passed < hours; passed += 6) {
      fleet.wait(6 * 3_600);
      await device.poll();
    }
  };
  const begin = async (): Promise<string> => {
    const { action } = await device.links();
    await device.feedback(action, 'proceeding', 'none', ['Download complete.']);
    expect(await state()).toBe('downloading');
    return action;
  };

  it('is over after LOST_AFTER, and is given to the device again', async () => {
    const action = await begin();
    await pollFor(18);
    expect(await state()).toBe('downloading');
    await pollFor(12);
    expect(await state()).toBe('stopped');
    expect((await fleet.latest(id))?.message).toEqual(said(/no progress for a long time/));
    expect(await device.links()).toMatchObject({ action });
    await device.feedback(action, 'closed', 'success');
    expect(await state()).toBe('installed');
  });

  it('keeps the next release from no device for longer', async () => {
    const action = await begin();
    await pollFor(30);
    await fleet.release('3.0.0');
    const next = await device.links();
    expect(next.kinds).toContain('deploymentBase');
    expect(next.action).not.toBe(action);
  });

  it('and that was cancelled counts as cancelled after LOST_AFTER', async () => {
    const action = await begin();
    await device.feedback(action, 'proceeding', 'none', ['installing']);
    await fleet.services.manageDevices.cancel(id, person);
    await pollFor(18);
    expect((await device.links()).kinds).toContain('cancelAction');
    await pollFor(12);
    expect(await state()).toBe('cancelled');
    expect(await device.cancelFeedback(action, 'closed', 'success')).toBe(410);
    await fleet.release('3.0.0');
    expect((await device.links()).kinds).toContain('deploymentBase');
  });

  it('and that was cancelled is over at once when a person says so again, by force', async () => {
    const { manageDevices } = fleet.services;
    const action = await begin();
    await expect(manageDevices.cancel(id, person, { isForced: true })).rejects.toMatchObject({
      code: 'conflict',
    });
    await manageDevices.cancel(id, person);
    await expect(manageDevices.cancel(id, person)).rejects.toMatchObject({ code: 'conflict' });
    await manageDevices.cancel(id, person, { isForced: true });
    expect(await state()).toBe('cancelled');
    expect((await device.links()).kinds).not.toContain('cancelAction');
    expect(await device.feedback(action, 'closed', 'success')).toBe(410);
    await expect(manageDevices.cancel(id, person, { isForced: true })).rejects.toMatchObject({
      code: 'conflict',
    });
    await fleet.release('3.0.0');
    expect((await device.links()).kinds).toContain('deploymentBase');
  });
});
