import { DomainError } from '../../../../src/core/errors';
import { executions, results } from '../../../../src/http/device/ddi/feedback';
import { HawkbitClient } from '../../../support/hawkbit-client';
import { person, type ReleasedFleet, startReleasedFleet } from '../../../support/released-fleet';
import { said } from '../../../support/said';

const id = 'dev-1';
let fleet: ReleasedFleet;
let device: HawkbitClient;
let action: string;

beforeEach(async () => {
  fleet = await startReleasedFleet();
  device = new HawkbitClient((await fleet.connect(id, 'HTTP/1.1')).client, id);
  ({ action } = await device.links());
});
afterEach(() => fleet.close());

const latest = async () => await fleet.latest(id);
const state = async () => (await latest())?.state;
const post = async (body: string, at = `deploymentBase/${action}`) =>
  (await device.request(`${device.base}/${at}/feedback`, 'POST', body)).status;
const cancel = () => fleet.services.manageDevices.cancel(id, person);

/** Makes two reports find the action before either of them is decided. */
function meetAfterFinding(): void {
  const { deviceActions } = fleet.services;
  const find = deviceActions.find.bind(deviceActions);
  let found = 0;
  let meet = (): void => undefined;
  const met = new Promise<void>((resolve) => (meet = resolve));
  jest.spyOn(deviceActions, 'find').mockImplementation(async (...args) => {
    const installation = await find(...args);
    found += 1;
    if (found === 2) meet();
    await met;
    return installation;
  });
}

describe('feedback', () => {
  it.each(results)('closed/%s closes the action', async (result) => {
    expect(await device.feedback(action, 'closed', result)).toBe(200);
    expect(await state()).toBe(result === 'failure' ? 'failed' : 'installed');
  });

  it('of every other kind is taken, and leaves the action open', async () => {
    for (const execution of executions.filter((one) => one !== 'closed'))
      for (const finished of results) {
        const status = { execution, result: { finished } };
        const at = `${device.base}/deploymentBase/${action}/feedback`;
        const answer = await device.request(at, 'POST', JSON.stringify({ status }));
        expect([answer.status, answer.body.length, await state()]).toEqual([200, 0, 'downloading']);
      }
  });

  it('leaves a line of progress in the journal for each ten percent', async () => {
    for (let percent = 0; percent <= 100; percent += 1)
      await device.feedback(action, 'proceeding', 'none', [` ${percent}% Copying image to rootfs.1`]);
    await device.feedback(action, 'proceeding', 'none', ['idle']);
    await device.feedback(action, 'proceeding', 'none', ['LastError: no']);
    const { events } = await fleet.services.readJournal.search({ deviceId: id }, { limit: 200 });
    const noted = events.filter(({ kind }) => kind === 'installation.noted');
    const told = noted.map(({ reason }) => /(\d+%|LastError)/.exec(JSON.stringify(reason))?.[1]);
    expect(told.sort()).toEqual(
      ['10%', '20%', '30%', '40%', '50%', '60%', '70%', '80%', '90%', '100%', 'LastError'].sort(),
    );
  });

  it('is taken whatever its id, its other members and its log are', async () => {
    const status = {
      execution: 'proceeding',
      result: { finished: 'none', progress: { cnt: 1, of: 3 } },
      code: 200,
    };
    for (const feedbackId of [action, Number(action), '', null, undefined])
      expect(await post(JSON.stringify({ id: feedbackId, time: 'x', more: [], status }))).toBe(200);
    expect(
      await post(
        `{"status":{"execution":"proceeding","result":{"finished":"none"},"details":["a\u0001\tb",3]}}`,
      ),
    ).toBe(200);
    expect((await latest())?.message).toBe('a b');
    const { log } = await fleet.services.manageDevices.log(Number(action));
    expect(log.endsWith('proceeding/none: a b\n')).toBe(true);
  });

  it('of 48 messages with 512 characters each is taken; the log keeps the last 16,384 characters, the device the first 1,024', async () => {
    const details = Array.from({ length: 48 }, (_, index) => `${index} `.padEnd(512, 'ä'));
    expect(await device.feedback(action, 'proceeding', 'none', details)).toBe(200);
    const { log, at } = await fleet.services.manageDevices.log(Number(action));
    const lines = details.map((text) => `${at.toISOString()} proceeding/none: ${text}\n`);
    expect(log).toBe(lines.join('').slice(-16_384));
    expect(log.split('\n').slice(1)).toEqual([...lines.slice(-29).map((line) => line.trimEnd()), '']);
    expect((await latest())?.message).toBe(`${details[0]}; ${details[1]}`.slice(0, 1_024));

    expect(await device.feedback(action, 'closed', 'failure', details.toReversed())).toBe(200);
    const { log: next } = await fleet.services.manageDevices.log(Number(action));
    expect([next.length, next.endsWith(`closed/failure: ${details[0]}\n`)]).toEqual([16_384, true]);
    expect(await state()).toBe('failed');
  });

  it.each([
    ['{"status":', 'JSON that ends early'],
    ['', 'nothing'],
    ['[]', 'no object'],
    ['{"status":{"execution":"done","result":{"finished":"none"}}}', 'another execution'],
    ['{"status":{"execution":"closed","result":{"finished":"yes"}}}', 'another result'],
    ['{"status":{"execution":"closed"}}', 'no result'],
  ])('%s is refused: %s', async (body) => {
    expect(await post(body)).toBe(400);
    expect(await state()).toBe('offered');
  });

  it('changes nothing once the action is closed', async () => {
    await device.feedback(action, 'closed', 'success', ['done']);
    const before = await latest();
    for (const [execution, result] of [
      ['closed', 'success'],
      ['closed', 'failure'],
      ['proceeding', 'none'],
    ] as const)
      expect(await device.feedback(action, execution, result, ['late'])).toBe(410);
    expect(await latest()).toEqual(before);
  });

  it.each([
    ['success', 'failure'],
    ['failure', 'success'],
    ['success', 'success'],
  ])('closes the action once if two arrive at the same time: %s and %s', async (one, other) => {
    meetAfterFinding();
    const told = [device.feedback(action, 'closed', one), device.feedback(action, 'closed', other)];
    const statuses = await Promise.all(told);
    expect([...statuses].sort()).toEqual([200, 410]);
    const counted = statuses[0] === 200 ? one : other;
    expect(await state()).toBe(counted === 'success' ? 'installed' : 'failed');
    const { log } = await fleet.services.manageDevices.log(Number(action));
    expect(log.match(/closed\/(success|failure)\n/g)).toEqual([`closed/${counted}\n`]);
  });

  it('about an action that another one has replaced meanwhile is not for the new one', async () => {
    const { deviceActions } = fleet.services;
    const find = deviceActions.find.bind(deviceActions);
    jest.spyOn(deviceActions, 'find').mockImplementationOnce(async (...args) => {
      const found = await find(...args);
      await fleet.release('3.0.0');
      await device.poll();
      return found;
    });
    expect(await device.feedback(action, 'closed', 'failure')).toBe(410);
    expect(await latest()).toMatchObject({ bundleName: 'v3.0.0.raucb', state: 'offered' });
  });

  it('comes in bursts of sixty', async () => {
    const told = Array.from({ length: 60 }, (_, index) =>
      device.feedback(action, 'proceeding', 'none', [`${index}% Copying`]),
    );
    expect(new Set(await Promise.all(told))).toEqual(new Set([200]));
    expect((await latest())?.progressPercent).toBe(59);
  });

  it('of a disk that is full is not lost unseen: the device hears of it', async () => {
    await fleet.close();
    let isFull = false;
    fleet = await startReleasedFleet({
      changeStore: ({ devices }) => ({
        devices: {
          ...devices,
          appendLog: (...log) =>
            isFull ? Promise.reject(new DomainError('storage-full', 'full')) : devices.appendLog(...log),
        },
      }),
    });
    device = new HawkbitClient((await fleet.connect(id, 'HTTP/1.1')).client, id);
    ({ action } = await device.links());
    isFull = true;
    expect(await device.feedback(action, 'proceeding', 'none', ['x'])).toBe(507);
  });
});

describe('a cancel', () => {
  const cancelAction = () => device.request(`${device.base}/cancelAction/${action}`);

  it('before the start takes the action away at once', async () => {
    await cancel();
    expect((await device.links()).kinds).toEqual(['configData']);
    expect(await state()).toBe('cancelled');
    expect((await cancelAction()).status).toBe(404);
    expect(await device.feedback(action, 'closed', 'success')).toBe(410);
  });

  it('during the download is told, acknowledged, and does not come back', async () => {
    await device.feedback(action, 'proceeding', 'none', ['Downloading']);
    await cancel();
    const { _links: links } = await device.poll();
    expect(links.deploymentBase).toBeUndefined();
    expect(links.cancelAction?.href).toBe(`${fleet.url}${device.base}/cancelAction/${action}`);
    const told = JSON.parse((await cancelAction()).body.toString()) as unknown;
    expect(told).toEqual({ id: action, cancelAction: { stopId: action } });
    expect((await device.request(`${device.base}/deploymentBase/${action}`)).status).toBe(404);
    expect(await device.feedback(action, 'proceeding', 'none', ['10% late'])).toBe(200);
    expect(await device.cancelFeedback(action, 'canceled', 'success')).toBe(200);
    expect(await device.cancelFeedback(action, 'proceeding', 'none')).toBe(200);
    expect(await state()).toBe('cancelling');
    expect(await device.cancelFeedback(action, 'closed', 'success')).toBe(200);
    expect(await state()).toBe('cancelled');
    expect((await device.links()).kinds).toEqual(['configData']);
    expect(await device.cancelFeedback(action, 'closed', 'success')).toBe(410);
  });

  it.each([
    ['rejected', 'success'],
    ['closed', 'failure'],
  ])('that the device answers with %s/%s lets it go on', async (execution, result) => {
    await device.feedback(action, 'proceeding', 'none', [' 10% Installing']);
    await cancel();
    expect(await device.cancelFeedback(action, execution, result)).toBe(200);
    expect(await state()).toBe('downloading');
    expect((await device.links()).kinds).toContain('deploymentBase');
    expect(await device.feedback(action, 'closed', 'success')).toBe(200);
    expect(await state()).toBe('installed');
  });

  it('is over when the device says how the installation ended', async () => {
    await device.feedback(action, 'proceeding', 'none');
    await cancel();
    expect(await device.feedback(action, 'closed', 'failure')).toBe(200);
    expect(await state()).toBe('cancelled');
    expect((await device.links()).kinds).toEqual(['configData']);
  });

  it('that comes too late leaves nothing to answer', async () => {
    await device.feedback(action, 'closed', 'success');
    await cancel();
    expect((await device.links()).kinds).toEqual(['configData']);
    expect((await cancelAction()).status).toBe(404);
    expect(await device.cancelFeedback(action, 'closed', 'success')).toBe(410);
  });

  it('that is answered twice at the same time is answered once', async () => {
    await device.feedback(action, 'proceeding', 'none', ['Downloading']);
    await cancel();
    meetAfterFinding();
    const answers = [
      device.cancelFeedback(action, 'closed', 'success'),
      device.cancelFeedback(action, 'closed', 'success'),
    ];
    expect((await Promise.all(answers)).sort()).toEqual([200, 410]);
    expect(await state()).toBe('cancelled');
  });

  it('is not answered by what cannot be read, nor by another device', async () => {
    await device.feedback(action, 'proceeding', 'none', ['Downloading']);
    await cancel();
    for (const body of [
      '',
      '{"status":',
      '{"status":{"execution":"closed"}}',
      '{"status":{"execution":"stopped"}}',
    ])
      expect(await post(body, `cancelAction/${action}`)).toBe(400);
    const other = new HawkbitClient((await fleet.connect('dev-2', 'HTTP/1.1')).client, 'dev-2');
    await other.poll();
    expect(await other.cancelFeedback(action, 'closed', 'success')).toBe(404);
    expect(await state()).toBe('cancelling');
  });

  it('that nobody asked for is not allowed', async () => {
    expect(await device.cancelFeedback(action, 'closed', 'success')).toBe(405);
    expect(await state()).toBe('offered');
  });
});

describe('a release that takes the place of another', () => {
  it('comes at once where nothing has begun', async () => {
    await fleet.release('3.0.0');
    const next = await device.links();
    expect(next.kinds).toContain('deploymentBase');
    expect(next.action).not.toBe(action);
  });

  it('comes after the download of the other was cancelled', async () => {
    await device.feedback(action, 'proceeding', 'none', ['Downloading']);
    await fleet.release('3.0.0');
    for (let poll = 0; poll < 2; poll += 1)
      expect(await device.links()).toEqual({ kinds: ['cancelAction', 'configData'], action });
    expect(await latest()).toMatchObject({
      state: 'cancelling',
      message: said('v3.0.0.raucb takes its place'),
    });
    await device.cancelFeedback(action, 'closed', 'success');
    const next = await device.links();
    expect(next.kinds).toContain('deploymentBase');
    expect((await device.deployment()).deployment.chunks[0]?.version).toBe('3.0.0');
  });

  it.each(['reported', 'rejected'])('waits for one that installs: %s', async (how) => {
    if (how === 'reported') {
      await device.feedback(action, 'proceeding', 'none', [' 1% Installing']);
      await fleet.release('3.0.0');
    } else {
      await device.feedback(action, 'proceeding', 'none', ['Downloading']);
      await fleet.release('3.0.0');
      await device.links();
      await device.cancelFeedback(action, 'rejected', 'success');
    }
    for (let poll = 0; poll < 2; poll += 1)
      expect(await device.links()).toEqual({ kinds: ['deploymentBase', 'configData'], action });
    await device.feedback(action, 'closed', 'success');
    expect((await device.deployment()).deployment.chunks[0]?.version).toBe('3.0.0');
  });
});
