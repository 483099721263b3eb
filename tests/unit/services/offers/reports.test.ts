import { reportOf, type ReportState } from '../../../../src/core/report';
import { makeBundle } from '../../../support/bundle-factory';
import { hourMs, madeAt } from '../../../support/fleet-factory';
import { type OpenedServices, openServices } from '../../../support/services';
import { polled, readRange } from '../../../support/device-events';
import { said } from '../../../support/said';

const identity = { id: 'board-1', certificateSerial: '01', compatibles: [] };
const person = { name: 'local', address: null };

let opened: OpenedServices;
let at = madeAt;

beforeEach(async () => {
  at = madeAt;
  opened = await openServices({ now: () => at, fleetRules: { maxTries: 2 } });
  const made = await makeBundle({ compatible: 'board', version: '2.0.0' });
  await opened.publish(made.path, { name: 'board.raucb', activate: true });
});

afterEach(() => opened.close());

function contact(transactionId: string | null = null, bootId = 'boot-1', systemVersion = '1.0.0') {
  at = new Date(at.getTime() + 60_000);
  const facts = { bootId, systemVersion, uptimeSeconds: (at.getTime() - madeAt.getTime()) / 1000 };
  return { at, address: '192.0.2.1', protocol: 'h2', facts, transactionId };
}

/** Asks what there is, or with a transaction for what was offered. */
async function ask(transactionId: string | null = null, bootId?: string, version?: string) {
  const knownEtag = transactionId === null ? '"0"' : null;
  const asked = polled(contact(transactionId, bootId, version), knownEtag, 'board');
  await opened.services.deviceEvents.take(identity, asked);
  return latest();
}

async function report(state: ReportState, transactionId: string | null = 't-1', log: string | null = null) {
  const told = { contact: contact(), transactionId, progressPercent: null, message: null, log };
  return opened.services.deviceEvents.take(identity, reportOf(state, told));
}

/** Reads the whole payload. */
function readPayload() {
  const bundle = opened.services.readBundle.find('board.raucb');
  if (bundle === undefined) throw new Error('no bundle');
  const size = bundle.inspection.payloadSizeBytes ?? 0;
  readRange(opened.services, identity, bundle, { start: 0, end: size - 1 });
}

async function latest() {
  return (await opened.services.manageDevices.get(identity.id)).installation;
}

it('tells of no silence while a device reports, and of it when it polls again', async () => {
  await ask();
  expect(await ask('t-1')).toMatchObject({ state: 'downloading', message: null });
  readPayload();
  await report('installing');
  expect(await latest()).toMatchObject({ state: 'downloading', message: null });
  expect(await ask()).toMatchObject({ state: 'stopped', message: said(/the download has stopped/) });
});

it('takes a repeated failure for the installation that it is about, not for the one offered since', async () => {
  await ask();
  await ask('t-1');
  const failed = await report('failed');
  expect(failed).toMatchObject({ state: 'failed' });
  const again = await ask();
  expect(again).toMatchObject({ state: 'offered' });
  expect(again?.id).not.toBe(failed?.id);

  expect(await report('failed', 't-1', 'no space')).toMatchObject({ id: failed?.id, state: 'failed' });
  expect(await latest()).toEqual(again);
  expect((await opened.services.manageDevices.log(failed?.id ?? 0)).log).toBe('no space');

  expect(await report('failed', 't-2')).toMatchObject({ id: again?.id, state: 'failed' });
});

it('takes a power cycle between the offer and the begin for no rollback', async () => {
  await ask();
  await ask('t-1', 'boot-2');
  readPayload();
  expect(await ask(null, 'boot-2')).toMatchObject({ state: 'stopped', fromBootId: 'boot-2' });
  await ask(null, 'boot-3');
  const { installations } = await opened.services.manageDevices.get(identity.id);
  expect(installations.map(({ state }) => state)).toEqual(['offered', 'rolled-back']);
});

it('does not install again and again what boots, makes contact and falls back', async () => {
  for (const [tries, boots] of [
    [1, ['boot-1', 'boot-2', 'boot-3']],
    [2, ['boot-3', 'boot-4', 'boot-5']],
  ] as const) {
    const [before, updated, back] = boots;
    await ask(null, before);
    await ask(`t-${tries}`, before);
    expect(await ask(null, updated, '2.0.0')).toMatchObject({ state: 'proven' });
    await ask(null, back);
    const { failures } = await opened.services.manageDevices.get(identity.id);
    expect([...failures.values()]).toEqual([tries]);
  }
  expect(await ask(null, 'boot-5')).toMatchObject({ state: 'rolled-back' });
});

it('keeps what a person cancelled from going on when a lost device comes back', async () => {
  await ask();
  await ask('t-1');
  await opened.services.manageDevices.cancel(identity.id, person);
  at = new Date(at.getTime() + 15 * 24 * hourMs);
  await opened.services.runHousekeeping();
  expect(await latest()).toMatchObject({ state: 'cancelled' });
  expect(await ask()).toMatchObject({ state: 'cancelled' });
});

it('unpins after a download only what is still pinned to be downloaded', async () => {
  const pinned = async () => (await opened.services.manageDevices.get(identity.id)).device.pin?.bundleName;
  const downloaded = async () => {
    const told = { contact: contact(), transactionId: null, message: null, log: null };
    await opened.services.deviceEvents.take(identity, { kind: 'ended', outcome: 'downloaded', ...told });
    return pinned();
  };
  await ask();
  const { manageDevices } = opened.services;
  await manageDevices.pin(identity.id, 'board.raucb', person);
  expect(await downloaded()).toBe('board.raucb');
  await manageDevices.pin(identity.id, 'board.raucb', person, { kind: 'downloadonly', window: null });
  expect(await downloaded()).toBeUndefined();
});
