import { makeBundle } from '../../../support/bundle-factory';
import { type HawkbitListener, startHawkbitListener, targetToken } from '../../../support/hawkbit-listener';
import type { HawkbitClient } from '../../../support/hawkbit-client';
import { person } from '../../../support/released-fleet';
import { type ManagementListener, openManagement } from './management-listener';

const day = new Date(Date.UTC(2026, 10, 23, 12));
let hawkbit: HawkbitListener;
let rest: ManagementListener;
let count = 0;

beforeAll(async () => {
  hawkbit = await startHawkbitListener({
    isPlain: true,
    fleet: { released: null, changePorts: () => ({ allowOpaque: true }) },
  });
  rest = await openManagement({ opened: hawkbit.fleet, admin: { now: () => day } });
});
afterAll(async () => {
  await rest.close();
  await hawkbit.close();
});

interface Rig {
  readonly id: string;
  readonly client: HawkbitClient;
  /** Uploads bytes to a new module, and assigns its set. @returns the number of the action */
  readonly assign: (bytes?: Buffer, fileName?: string, terms?: object) => Promise<number>;
  readonly action: (action: number) => Promise<{ type: string; status: string; detailStatus: string }>;
  /** Newest first. */
  readonly history: (action: number) => Promise<{ type: string; messages: string[] }[]>;
  readonly cancel: (action: number, query?: string) => Promise<number>;
}

/** A target with a token, and a client that has it, as a test rig makes them for each test. */
async function rig(): Promise<Rig> {
  count += 1;
  const id = `rig-${count}`;
  await rest.ask('post', 'targets', [{ controllerId: id }]).expect(201);
  const body: unknown = (await rest.ask('get', `targets/${id}`).expect(200)).body;
  const client = hawkbit.client(id, targetToken((body as { securityToken: string }).securityToken));
  return {
    id,
    client,
    async assign(bytes = Buffer.from(`random bytes of ${id}`), fileName = 'bundle.raucb_0', terms = {}) {
      const set = await makeSet(bytes, fileName);
      const answer = await rest.ask('post', `distributionsets/${set}/assignedTargets`, [{ id, ...terms }]);
      expect(answer.status).toBe(200);
      const { assignedActions } = answer.body as { assignedActions: { id: number }[] };
      return assignedActions.at(-1)?.id ?? 0;
    },
    async action(action) {
      return (await rest.ask('get', `targets/${id}/actions/${action}`).expect(200)).body as never;
    },
    async history(action) {
      const path = `targets/${id}/actions/${action}/status?offset=0&limit=50&sort=id:DESC`;
      return ((await rest.ask('get', path).expect(200)).body as { content: never }).content;
    },
    async cancel(action, query = '') {
      return (await rest.ask('delete', `targets/${id}/actions/${action}${query}`)).status;
    },
  };
}

async function makeModule(): Promise<number> {
  count += 1;
  const made = await rest.ask('post', 'softwaremodules', [
    { name: `module ${count}`, version: '1.0', type: 'os' },
  ]);
  return (made.body as { id: number }[])[0]?.id ?? 0;
}

function upload(module: number, bytes: Buffer, fileName: string) {
  return rest.ask('post', `softwaremodules/${module}/artifacts`).attach('file', bytes, fileName);
}

async function makeSet(bytes: Buffer, fileName: string): Promise<number> {
  const module = await makeModule();
  await upload(module, bytes, fileName).expect(201);
  const set = {
    name: `set ${module}`,
    version: '1.0',
    type: 'os',
    description: '',
    modules: [{ id: module }],
  };
  return (
    ((await rest.ask('post', 'distributionsets', [set]).expect(201)).body as { id: number }[])[0]?.id ?? 0
  );
}

describe('an assignment', () => {
  it('gives an opaque file to its device alone, and tells how it went', async () => {
    const { client, assign, action, history, id } = await rig();
    const bytes = Buffer.from('no RAUC bundle');
    const number = await assign(bytes);
    expect(await action(number)).toMatchObject({ type: 'update', status: 'pending' });

    const { id: deployed, deployment } = await client.deployment();
    expect(deployed).toBe(String(number));
    const artifact = deployment.chunks[0]?.artifacts[0];
    expect(artifact).toMatchObject({
      size: bytes.length,
      filename: expect.stringMatching(/-bundle\.raucb_0$/) as string,
    });
    const href = artifact?._links['download-http']?.href ?? '';
    expect((await client.request(href)).body).toEqual(bytes);
    const other = await rig();
    expect((await other.client.request(href)).status).toBe(401);
    expect(await other.client.links()).toMatchObject({ kinds: ['configData'] });

    await client.feedback(deployed, 'proceeding', 'none', [
      'Download complete. 0.00 MB/s',
      'File checksum OK.',
    ]);
    await client.feedback(deployed, 'closed', 'success', ['Software bundle installed successfully.']);
    expect(await action(number)).toMatchObject({
      type: 'update',
      status: 'finished',
      detailStatus: 'finished',
    });
    const [last, before] = await history(number);
    expect(last).toMatchObject({ type: 'finished', messages: ['Software bundle installed successfully.'] });
    expect(before).toMatchObject({
      type: 'running',
      messages: ['Download complete. 0.00 MB/s', 'File checksum OK.'],
    });
    // It is not begun again.
    expect((await client.links()).kinds).not.toContain('deploymentBase');
    expect((await rest.ask('get', `targets/${id}`)).body).toMatchObject({ updateStatus: 'in_sync' });
  });

  it('shows a failure with its reason', async () => {
    const { client, assign, action, history } = await rig();
    const number = await assign();
    const { id } = await client.deployment();
    await client.feedback(id, 'closed', 'failure', ['Failed to install software bundle.']);
    expect((await history(number))[0]).toMatchObject({
      type: 'error',
      messages: ['Failed to install software bundle.'],
    });
    expect(await action(number)).toMatchObject({ status: 'finished', detailStatus: 'error' });
  });

  it('comes again after a failure, and with the same bytes from another module', async () => {
    const { client, assign } = await rig();
    const bytes = Buffer.from('the same bytes');
    const first = await assign(bytes);
    await client.feedback((await client.deployment()).id, 'closed', 'failure', ['no']);
    const second = await assign(bytes);
    expect((await client.deployment()).id).toBe(String(second));
    await client.feedback(String(second), 'closed', 'success', ['yes']);
    const third = await assign(bytes);
    expect((await client.deployment()).id).toBe(String(third));
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('takes the place of one that has not begun', async () => {
    const { client, assign, action } = await rig();
    const first = await assign(Buffer.from('one'));
    const second = await assign(Buffer.from('two'));
    expect(await action(first)).toMatchObject({ status: 'finished', detailStatus: 'canceled' });
    expect((await client.deployment()).id).toBe(String(second));
  });

  it('is refused while the device has begun another one', async () => {
    const { id, client, assign } = await rig();
    const first = await assign(Buffer.from('begun'));
    await client.deployment();
    await client.feedback(String(first), 'proceeding', 'none', ['Download complete.']);
    const set = await makeSet(Buffer.from('next'), 'next.bin');
    const refused = await rest.ask('post', `distributionsets/${set}/assignedTargets`, [{ id }]);
    expect([refused.status, (refused.body as { message: string }).message]).toEqual([
      409,
      expect.stringContaining(`has started the action ${first}`),
    ]);
    expect((await hawkbit.fleet.seen(id)).pin?.bundleName).toMatch(/bundle\.raucb_0$/);
  });

  it('a second time is the same action', async () => {
    const { id } = await rig();
    const set = await makeSet(Buffer.from('twice'), 'twice.bin');
    const assignIt = () => rest.ask('post', `distributionsets/${set}/assignedTargets`, { id }).expect(200);
    const [first, second] = [await assignIt(), await assignIt()];
    expect(first.body).toMatchObject({ assigned: 1, alreadyAssigned: 0 });
    expect(second.body).toMatchObject({ assigned: 0, alreadyAssigned: 1 });
    expect(second.body).toHaveProperty(
      'assignedActions',
      (first.body as { assignedActions: object }).assignedActions,
    );
  });

  it.each([
    ['a time-forced one without a time', { type: 'timeforced' }],
    ['one that the device has to confirm', { confirmationRequired: true }],
    [
      'a window without a schedule that is known',
      { maintenanceWindow: { schedule: '0 0 3 L * ?', duration: '01:00:00', timezone: '+00:00' } },
    ],
    [
      'a window that never opens again',
      { maintenanceWindow: { schedule: '0 0 3 ? * * 2020', duration: '01:00:00', timezone: '+00:00' } },
    ],
  ])('refuses %s rather than do something else', async (_, params) => {
    const { id } = await rig();
    const set = await makeSet(Buffer.from('refused'), 'refused.bin');
    await rest.ask('post', `distributionsets/${set}/assignedTargets`, [{ id, ...params }]).expect(400);
    expect((await hawkbit.fleet.seen(id)).pin).toBeNull();
  });

  it('is made for all targets or for none', async () => {
    const [one, busy] = [await rig(), await rig()];
    await busy.assign(Buffer.from('begun before all'));
    await busy.client.feedback((await busy.client.deployment()).id, 'proceeding', 'none', ['Downloading']);
    const set = await makeSet(Buffer.from('all'), 'all.bin');
    const assignTo = (id: string) =>
      rest.ask('post', `distributionsets/${set}/assignedTargets`, [{ id: one.id }, { id }]);
    await assignTo('nobody').expect(404);
    await assignTo(busy.id).expect(409);
    expect((await hawkbit.fleet.seen(one.id)).pin).toBeNull();
  });

  it('offers a verified bundle under its own name', async () => {
    const { client, assign } = await rig();
    const made = await makeBundle({ compatible: 'rest-board', version: '3.0.0' });
    const bytes = await (await import('node:fs/promises')).readFile(made.path);
    const number = await assign(bytes, 'rest-3.0.0.raucb');
    const { id, deployment } = await client.deployment();
    expect(id).toBe(String(number));
    expect(deployment.chunks[0]).toMatchObject({
      version: '3.0.0',
      artifacts: [{ filename: 'rest-3.0.0.raucb' }],
    });
  });
});

describe('cancelling an action', () => {
  it('waits for the device to say so, even if it has not asked yet', async () => {
    const { client, assign, cancel, action, history, id } = await rig();
    const number = await assign();
    expect(await cancel(number)).toBe(200);
    expect(await action(number)).toMatchObject({
      type: 'cancel',
      status: 'pending',
      detailStatus: 'canceling',
    });
    expect((await history(number))[0]).toMatchObject({ type: 'canceling' });
    expect(await client.links()).toMatchObject({
      kinds: expect.arrayContaining(['cancelAction']) as unknown,
      action: String(number),
    });
    const body = JSON.stringify({
      id: String(number),
      status: { execution: 'closed', result: { finished: 'success' }, details: ['Action canceled.'] },
    });
    const answered = await client.request(`${client.base}/cancelAction/${number}/feedback`, 'POST', body);
    expect(answered.status).toBe(200);
    expect(await action(number)).toMatchObject({
      type: 'cancel',
      status: 'finished',
      detailStatus: 'canceled',
    });
    expect((await history(number))[0]).toMatchObject({ type: 'canceled', messages: ['Action canceled.'] });
    expect((await client.links()).kinds).not.toContain('deploymentBase');
    expect((await hawkbit.fleet.seen(id)).pin).toBeNull();
  });

  it('ends at once by force, but only one that is being cancelled', async () => {
    const { assign, cancel, action } = await rig();
    const number = await assign();
    expect(await cancel(number, '?force=true')).toBe(409);
    expect(await cancel(number)).toBe(200);
    expect(await cancel(number, '?force=true')).toBe(200);
    expect(await action(number)).toMatchObject({ type: 'cancel', status: 'finished' });
    expect(await cancel(number)).toBe(409);
  });

  it('does not stop a device that goes on', async () => {
    const { client, assign, cancel, action, history } = await rig();
    const number = await assign();
    await client.deployment();
    await client.feedback(String(number), 'proceeding', 'none', ['installing']);
    await cancel(number);
    await client.cancelFeedback(String(number), 'rejected', 'success');
    await client.feedback(String(number), 'closed', 'success', ['Software bundle installed successfully.']);
    expect(await action(number)).toMatchObject({ type: 'update', status: 'finished' });
    expect((await history(number))[0]).toMatchObject({ type: 'finished' });
  });

  it('is about that action, not a later one', async () => {
    const { assign, cancel, action } = await rig();
    const first = await assign(Buffer.from('a'));
    const second = await assign(Buffer.from('b'));
    expect(await cancel(first)).toBe(409);
    expect(await action(second)).toMatchObject({ status: 'pending' });
  });
});

/** A window of an hour, every day at a time that is so many seconds from now. */
function windowIn(seconds: number) {
  const at = new Date(hawkbit.fleet.now().getTime() + seconds * 1_000);
  const schedule = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} ? * *`;
  return { schedule, duration: '01:00:00', timezone: '+00:00' };
}

describe('actions', () => {
  it('are listed by target, and belong to it', async () => {
    const { id, assign } = await rig();
    const numbers = [await assign(Buffer.from('a')), await assign(Buffer.from('b'))];
    const body: unknown = (await rest.ask('get', `targets/${id}/actions?sort=id:DESC&limit=1`).expect(200))
      .body;
    expect(body).toMatchObject({ total: 2, size: 1, content: [{ id: numbers[1] }] });
    const other = await rig();
    await rest.ask('get', `targets/${other.id}/actions/${numbers[0]}`).expect(404);
  });

  it('are forced, which a script may ask for', async () => {
    const { id, assign } = await rig();
    const number = await assign();
    await rest.ask('put', `targets/${id}/actions/${number}`, { forceType: 'forced' }).expect(200);
    await rest.ask('put', `targets/${id}/actions/${number}`, { forceType: 'soft' }).expect(400);
  });

  it('that are soft are tried, until a script forces them', async () => {
    const { id, client, assign, action } = await rig();
    const number = await assign(Buffer.from('soft'), 'soft.bin', { type: 'soft' });
    expect(await action(number)).toMatchObject({ forceType: 'soft' });
    expect((await client.deployment()).deployment).toMatchObject({ download: 'attempt', update: 'attempt' });
    const path = `targets/${id}/actions/${number}`;
    expect((await rest.ask('put', path, { forceType: 'forced' }).expect(200)).body).toMatchObject({
      id: number,
      forceType: 'forced',
    });
    expect((await client.deployment()).deployment).toMatchObject({ download: 'forced', update: 'forced' });
    expect((await client.links()).action).toBe(String(number));
  });

  it('that are time-forced are soft until then, and a script may force them earlier', async () => {
    const { id, client, assign, action } = await rig();
    const forcetime = hawkbit.fleet.now().getTime() + 3_600_000;
    const terms = { type: 'timeforced', forcetime };
    const number = await assign(Buffer.from('timed'), 'timed.bin', terms);
    expect(await action(number)).toMatchObject({ forceType: 'timeforced', forceTime: forcetime });
    const told = async () => (await client.deployment()).deployment;
    expect(await told()).toMatchObject({ download: 'attempt', update: 'attempt' });
    hawkbit.fleet.wait(3_600);
    expect(await told()).toMatchObject({ download: 'forced', update: 'forced' });
    const path = `targets/${id}/actions/${number}`;
    await rest.ask('put', path, { forceType: 'forced' }).expect(200);
    expect(await action(number)).toMatchObject({ forceType: 'forced' });
  });

  it('that only download may have a window, in which the device says that it has', async () => {
    const { client, assign, action } = await rig();
    const maintenanceWindow = windowIn(7_200);
    const terms = { type: 'downloadonly', maintenanceWindow };
    const number = await assign(Buffer.from('only in a window'), 'only.bin', terms);
    const told = async () => (await client.deployment()).deployment;
    expect(await told()).toMatchObject({ update: 'skip', maintenanceWindow: 'unavailable' });
    hawkbit.fleet.wait(7_230);
    expect(await told()).toMatchObject({ update: 'skip', maintenanceWindow: 'available' });
    await client.feedback(String(number), 'downloaded', 'success', ['File checksum OK.']);
    expect(await action(number)).toMatchObject({ status: 'finished', detailStatus: 'downloaded' });
  });

  it.each([false, true])('end when their window does not open again; begun: %s', async (hasBegun) => {
    const { id, client, assign, action } = await rig();
    const opensAt = new Date(hawkbit.fleet.now().getTime() + 7_200_000);
    const { schedule, ...window } = windowIn(7_200);
    const once = `${schedule.replace('? * *', `${opensAt.getUTCDate()} ${opensAt.getUTCMonth() + 1} ?`)} ${opensAt.getUTCFullYear()}`;
    const maintenanceWindow = { ...window, schedule: once };
    const number = await assign(Buffer.from(`missed ${id}`), 'missed.bin', { maintenanceWindow });
    expect((await client.links()).kinds).toContain('deploymentBase');
    if (hasBegun) await client.feedback(String(number), 'proceeding', 'none', ['Download complete.']);
    hawkbit.fleet.wait(7_200 + 3_700);
    expect((await client.links()).kinds).not.toContain('deploymentBase');
    expect((await hawkbit.fleet.seen(id)).pin).toBeNull();
    if (hasBegun) {
      expect((await client.links()).kinds).toContain('cancelAction');
      await client.cancelFeedback(String(number), 'closed', 'success');
    }
    expect(await action(number)).toMatchObject({ status: 'finished', detailStatus: 'canceled' });
  });

  it('that only download end when a device that streams says nothing of them', async () => {
    const { id, client, assign, action } = await rig();
    const number = await assign(Buffer.from('unanswered'), 'unanswered.bin', { type: 'downloadonly' });
    for (let hours = 0; hours <= 24 * 15; hours += 12) {
      hawkbit.fleet.wait(12 * 3_600);
      await client.poll();
    }
    expect(await action(number)).toMatchObject({ status: 'finished', detailStatus: 'canceled' });
    expect((await hawkbit.fleet.seen(id)).pin).toBeNull();
  });

  it('of which the device says nothing any more are closed, and a late report still counts', async () => {
    const { id, client, assign, action, history } = await rig();
    const number = await assign(Buffer.from('lost report'));
    await client.deployment();
    await client.feedback(String(number), 'proceeding', 'none', ['File checksum OK.']);
    const updateStatus = async () =>
      ((await rest.ask('get', `targets/${id}`).expect(200)).body as { updateStatus: string }).updateStatus;
    const pollFor = async (days: number) => {
      for (let day = 0; day < days; day += 1) {
        hawkbit.fleet.wait(24 * 3_600);
        await client.poll();
      }
    };
    await pollFor(13);
    expect(await action(number)).toMatchObject({ status: 'pending', detailStatus: 'running' });
    expect(await updateStatus()).toBe('pending');
    await pollFor(2);
    expect(await action(number)).toMatchObject({
      type: 'update',
      status: 'finished',
      detailStatus: 'error',
    });
    expect((await history(number))[0]).toMatchObject({ type: 'error' });
    expect((await history(number))[0]?.messages).toEqual([expect.stringContaining('no progress')]);
    expect(await updateStatus()).toBe('error');
    expect(await client.feedback(String(number), 'closed', 'success', ['Installed.'])).toBe(200);
    expect(await action(number)).toMatchObject({ status: 'finished', detailStatus: 'finished' });
    expect((await history(number))[0]).toMatchObject({ type: 'finished', messages: ['Installed.'] });
  });

  it('that only download end with the download, once', async () => {
    const { id, client, assign, action, history } = await rig();
    const number = await assign(Buffer.from('only'), 'only.bin', { type: 'downloadonly' });
    const { id: deployed, deployment } = await client.deployment();
    expect(deployment).toMatchObject({ download: 'forced', update: 'skip' });
    expect(deployment).not.toHaveProperty('maintenanceWindow');
    await client.feedback(deployed, 'proceeding', 'none', ['Download complete.']);
    expect((await client.links()).kinds).toContain('deploymentBase');
    expect(await client.feedback(deployed, 'downloaded', 'success', ['File checksum OK.'])).toBe(200);
    expect(await action(number)).toMatchObject({
      type: 'update',
      status: 'finished',
      detailStatus: 'downloaded',
      forceType: 'downloadonly',
    });
    expect((await history(number))[0]).toMatchObject({ type: 'downloaded', messages: ['File checksum OK.'] });
    expect((await client.links()).kinds).not.toContain('deploymentBase');
    expect(await client.feedback(deployed, 'downloaded', 'success')).toBe(410);
    expect((await hawkbit.fleet.seen(id)).pin).toBeNull();
    // It can be installed then.
    const next = await assign(Buffer.from('only'), 'only.bin');
    expect(next).toBeGreaterThan(number);
    expect((await client.deployment()).deployment).toMatchObject({ update: 'forced' });
  });

  it('that are not downloads alone go on after a download', async () => {
    const { client, assign, action } = await rig();
    const number = await assign(Buffer.from('more'));
    const { id: deployed } = await client.deployment();
    await client.feedback(deployed, 'downloaded', 'success', ['File checksum OK.']);
    expect(await action(number)).toMatchObject({ status: 'pending' });
    expect((await client.links()).action).toBe(deployed);
  });

  it('with a window install only while it is open', async () => {
    const { client, assign, action, id } = await rig();
    const at = (time: Date) => `${time.getUTCSeconds()} ${time.getUTCMinutes()} ${time.getUTCHours()} ? * *`;
    const opensAt = new Date(hawkbit.fleet.now().getTime() + 7_200_000);
    const maintenanceWindow = { schedule: at(opensAt), duration: '01:00:00', timezone: '+00:00' };
    const number = await assign(Buffer.from('window'), 'window.bin', { maintenanceWindow });
    expect(await action(number)).toMatchObject({ forceType: 'forced', maintenanceWindow });
    const closed = { download: 'forced', update: 'skip', maintenanceWindow: 'unavailable' };
    expect((await client.deployment()).deployment).toMatchObject(closed);
    await client.feedback(String(number), 'proceeding', 'none', ['Download complete.']);
    expect((await client.deployment()).deployment).toMatchObject(closed);
    hawkbit.fleet.wait(7_230);
    const open = { download: 'forced', update: 'forced', maintenanceWindow: 'available' };
    expect((await client.deployment()).deployment).toMatchObject(open);
    hawkbit.fleet.wait(3_600);
    expect((await client.deployment()).deployment).toMatchObject(closed);
    // Nobody wants it any more, so it must not begin to install.
    await hawkbit.fleet.services.manageDevices.unpin(id, person);
    expect((await client.deployment()).deployment).toMatchObject(closed);
  });

  it('that only download are refused for a device that streams', async () => {
    const { id, client, assign } = await rig();
    const number = await assign(Buffer.from('streamed'));
    const href = (await client.deployment()).deployment.chunks[0]?.artifacts[0]?._links['download-http']
      ?.href;
    const headers = { 'rauc-transaction-id': '0c4a8f6e-1f10-4b43-a1a4-0b2b8b3f7a11', range: 'bytes=0-3' };
    expect((await client.request(href ?? '', 'GET', undefined, headers)).status).toBe(206);
    await client.feedback(String(number), 'closed', 'success', ['Software bundle installed successfully.']);
    const set = await makeSet(Buffer.from('not streamed'), 'not-streamed.bin');
    const params = [{ id, type: 'downloadonly' }];
    const refused = await rest.ask('post', `distributionsets/${set}/assignedTargets`, params);
    expect([refused.status, (refused.body as { message: string }).message]).toEqual([
      409,
      expect.stringContaining('streams its bundles'),
    ]);
  });
});

describe('configurations', () => {
  it('decide how often devices poll, and which tokens count', async () => {
    const { client } = await rig();
    const put = (key: string, value: unknown) =>
      rest.ask('put', `system/configs/${key}`, { value }).expect(200);
    await put('pollingTime', '00:00:30');
    expect((await client.poll()).config.polling.sleep).toBe('00:00:30');
    await put('authentication.targettoken.enabled', false);
    expect((await client.request(client.base)).status).toBe(401);
    await put('authentication.targettoken.enabled', true);
    expect((await client.request(client.base)).status).toBe(200);
    const key = 'a-gateway-token-of-a-rig';
    await put('authentication.gatewaytoken.key', key);
    const gateway = () => hawkbit.ask(client.base, { authorization: `GatewayToken ${key}` });
    expect((await gateway()).status).toBe(200);
    await put('authentication.gatewaytoken.enabled', false);
    expect((await gateway()).status).toBe(401);
  });
});
