import { type HawkbitListener, startHawkbitListener } from '../../../support/hawkbit-listener';
import type { ManageDevices } from '../../../../src/services/devices/manage-devices';
import { type ManagementListener, openManagement } from './management-listener';

let hawkbit: HawkbitListener;
let rest: ManagementListener;
let id: string;
let count = 0;

beforeAll(async () => {
  hawkbit = await startHawkbitListener({
    isPlain: true,
    fleet: { released: null, changePorts: () => ({ allowOpaque: true }) },
  });
  rest = await openManagement({ opened: hawkbit.fleet, admin: { now: () => hawkbit.fleet.now() } });
});
beforeEach(async () => {
  count += 1;
  id = `racer-${count}`;
  await rest.ask('post', 'targets', [{ controllerId: id }]).expect(201);
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await rest.close();
  await hawkbit.close();
});

const make = async (path: string, body: object) => {
  const answer = await rest.ask('post', path, [{ version: '1.0', type: 'os', ...body }]).expect(201);
  return (answer.body as { id: number }[])[0]?.id ?? 0;
};

async function makeSet(content: string): Promise<number> {
  const name = `${id} ${content}`;
  const module = await make('softwaremodules', { name });
  const file = rest.ask('post', `softwaremodules/${module}/artifacts`);
  await file.attach('file', Buffer.from(name), 'file.bin').expect(201);
  return make('distributionsets', { name, modules: [{ id: module }] });
}

const assign = (set: number, type = 'forced') =>
  rest.ask('post', `distributionsets/${set}/assignedTargets`, [{ id, type }]);
async function assigned(set: number, type?: string): Promise<string> {
  const { body } = (await assign(set, type).expect(200)) as { body: { assignedActions: { id: number }[] } };
  return `targets/${id}/actions/${body.assignedActions.at(-1)?.id ?? 0}`;
}
const pin = async () => (await hawkbit.fleet.seen(id)).pin;
const force = (action: string) => rest.ask('put', action, { forceType: 'forced' });
const cancelNow = async (action: string) => {
  await rest.ask('delete', action).expect(200);
  await rest.ask('delete', `${action}?force=true`).expect(200);
};

/** Does something else right before or after the next decision of a kind. */
function meanwhile(
  kind: 'pin' | 'unpin' | 'forcePin',
  when: 'before' | 'after',
  act: () => Promise<unknown>,
) {
  const { manageDevices } = hawkbit.fleet.services;
  const decide = manageDevices[kind].bind(manageDevices) as (
    ...args: unknown[]
  ) => ReturnType<ManageDevices['pin']>;
  jest.spyOn(manageDevices, kind).mockImplementationOnce(async (...args: unknown[]) => {
    hawkbit.fleet.wait(1);
    if (when === 'before') await act();
    const record = await decide(...args);
    if (when === 'after') await act();
    return record;
  });
}

describe('a cancel', () => {
  it('while another set is being assigned leaves the device pinned to neither', async () => {
    const first = await assigned(await makeSet('a'));
    meanwhile('pin', 'after', () => rest.ask('delete', first).expect(200));
    await assign(await makeSet('b')).expect(409);
    expect(await pin()).toBeNull();
    expect((await rest.ask('get', first)).body).toMatchObject({ detailStatus: 'canceling' });
  });

  it('takes nothing from an assignment of the same set that comes before it is done', async () => {
    const set = await makeSet('a');
    const first = await assigned(set);
    let second = '';
    meanwhile('unpin', 'before', async () => {
      await rest.ask('delete', `${first}?force=true`).expect(200);
      second = await assigned(set);
    });
    await rest.ask('delete', first).expect(200);
    expect(second).not.toBe(first);
    expect(await pin()).not.toBeNull();
    expect((await rest.ask('get', second)).body).toMatchObject({ status: 'pending' });
  });
});

describe('forcing a soft action', () => {
  it('twice at the same time is done once, and refused to nobody', async () => {
    const action = await assigned(await makeSet('a'), 'soft');
    meanwhile('forcePin', 'before', () => force(action).expect(200));
    await force(action).expect(200);
    expect((await rest.ask('get', action)).body).toMatchObject({ forceType: 'forced' });
    const kinds = await hawkbit.fleet.journal(id);
    expect(kinds.filter((kind) => kind === 'device.pinned')).toHaveLength(2);
  });

  it('forces no later assignment of the same set', async () => {
    const set = await makeSet('a');
    const first = await assigned(set, 'soft');
    let second = '';
    meanwhile('forcePin', 'before', async () => {
      await cancelNow(first);
      second = await assigned(set, 'soft');
    });
    await force(first).expect(409);
    expect((await rest.ask('get', second)).body).toMatchObject({ forceType: 'soft' });
  });
});
