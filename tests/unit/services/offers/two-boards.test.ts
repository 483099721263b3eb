import type { Bundle } from '../../../../src/core/bundle';
import { everyoneAtOnce } from '../../../../src/core/rollout';
import type { DeviceFacts } from '../../../../src/core/device-facts';
import { fleetAttention } from '../../../support/fleet-attention';
import { makeBundle } from '../../../support/bundle-factory';
import { temporaryFolder } from '../../../support/programs';
import { type OpenedServices, openServices, type OpenServicesOptions } from '../../../support/services';
import { polled, readRange } from '../../../support/device-events';

const id = 'dev-1';
const identity = { id, certificateSerial: '01', compatibles: [] };
const clock = { at: new Date('2026-11-01T00:00:00Z') };
const now = () => clock.at;
const wait = (minutes: number) => {
  clock.at = new Date(clock.at.getTime() + minutes * 60_000);
};

interface Board {
  readonly facts: Partial<DeviceFacts>;
  readonly address: string;
}
const one: Board = { facts: { bootId: 'a1', serial: 'SN-A', machineId: 'm-a' }, address: '192.0.2.1' };
const two: Board = { facts: { bootId: 'b1', serial: 'SN-B', machineId: 'm-b' }, address: '192.0.2.2' };

let opened: OpenedServices;
async function open(options: OpenServicesOptions = {}) {
  opened = await openServices({ now, ...options });
}
afterEach(() => opened.close());

async function release(version = '2.0.0') {
  const made = await makeBundle({ version });
  await opened.publish(made.path, { name: `v${version}.raucb` });
  const policy = everyoneAtOnce;
  await opened.services.activateRelease.activate({ name: `v${version}.raucb`, policy, actor: 'local' });
}

async function poll(
  { facts, address }: Board,
  more: Partial<DeviceFacts> = {},
  transactionId: string | null = null,
) {
  wait(1);
  const told = { compatible: 'test-board', systemVersion: '1.0.0', ...facts, ...more };
  const contact = { at: now(), address, protocol: 'h2', transactionId, facts: told };
  const offer = await opened.services.deviceEvents.take(identity, polled(contact, null));
  if (offer.kind === 'nothing') return offer.reason;
  if (transactionId !== null) readPayload(offer.bundle);
  return offer.bundle.name;
}

/** What is begun is read whole, so that a boot into the old version is a rollback. */
function readPayload(bundle: Bundle): void {
  const sizeBytes = bundle.inspection.payloadSizeBytes ?? bundle.sizeBytes;
  readRange(opened.services, identity, bundle, { start: 0, end: sizeBytes - 1 });
}

const state = async () => (await opened.services.manageDevices.get(id)).installation?.state;
async function journal() {
  const { events } = await opened.services.readJournal.search({ deviceId: id }, { limit: 500 });
  return events.map(({ kind }) => kind).reverse();
}
const attention = () => fleetAttention(opened, now);

/** Without what only the surest facts tell. */
const bare = ({ facts: { bootId }, address }: Board): Board => ({
  facts: { bootId: bootId ?? null },
  address,
});

describe('two boards with one certificate', () => {
  it.each([
    ['a boot id that returns', bare(one), bare(two)],
    ['serials and boot ids', one, two],
    [
      'serials that ask in turn, without boot ids',
      { ...one, facts: { serial: 'SN-A' } },
      { ...two, facts: { serial: 'SN-B' } },
    ],
  ])('are told by %s, and named with what to do', async (_, first, second) => {
    await open();
    for (let time = 0; time < 3; time += 1) {
      await poll(first);
      await poll(second);
    }
    const [item, ...others] = await attention();
    // Without a boot id nobody would learn there what came of an update.
    const alsoSilent = first.facts.bootId === undefined ? ['silent-poller'] : [];
    expect(others.map(({ kind }) => kind)).toEqual(alsoSilent);
    expect(item).toMatchObject({ kind: 'second-board', deviceId: id });
    const names = [first, second].flatMap(({ facts, address }) => [...Object.values(facts), address]);
    for (const name of names) expect(item?.message).toContain(name);
    expect(item?.message).toContain('Issue');
  });

  it('do not write the journal with each poll, nor a boot or a version', async () => {
    await open();
    for (let time = 0; time < 3; time += 1) {
      await poll(one);
      await poll(two, { systemVersion: '0.9.0' });
    }
    const lines = await journal();
    for (let time = 0; time < 50; time += 1) {
      await poll(one);
      await poll(two, { systemVersion: '0.9.0' });
    }
    expect(await journal()).toEqual(lines);
    expect((await opened.services.manageDevices.get(id)).device.facts).toMatchObject({
      systemVersion: '1.0.0',
      bootId: 'a1',
    });
  });

  it.each([
    ['that were told apart before', true],
    ['of which the second comes for the first time', false],
  ])('%s: the second judges nothing, and the first is proven by its own boot', async (_, areKnown) => {
    await open();
    for (const board of areKnown ? [one, two, one, two] : [one]) await poll(bare(board));
    await release();
    expect(await poll(bare(one))).toBe('v2.0.0.raucb');
    await poll(bare(one), {}, 't-1');
    expect(await state()).toBe('downloading');
    await poll(bare(two));
    await poll(bare(one));
    await poll(bare(two));
    await poll(bare(one));
    expect(await state()).not.toBe('rolled-back');
    expect(await state()).not.toBe('proven');
    await poll({ ...bare(one), facts: { bootId: 'a2' } }, { systemVersion: '2.0.0' });
    expect(await state()).toBe('proven');
    await poll(bare(two));
    expect(await state()).toBe('proven');
    expect((await attention()).map(({ kind }) => kind)).toEqual(['second-board']);
  });

  it('are both answered for what they run', async () => {
    await open();
    await release();
    for (const board of [one, two, one]) await poll(board, { systemVersion: '2.0.0' });
    expect(await poll(two, { systemVersion: '1.0.0' })).toBe('v2.0.0.raucb');
    expect(await poll(one, { systemVersion: '2.0.0' })).toBe('up-to-date');
  });

  it('are told apart also when the server restarts in between', async () => {
    const dataDir = `${await temporaryFolder()}/data`;
    await open({ dataDir });
    await poll(one);
    await poll(two);
    await opened.close();
    await open({ dataDir });
    await poll(one);
    expect(await attention()).toMatchObject([{ kind: 'second-board' }]);
    await opened.close();
    await open({ dataDir });
    expect(await attention()).toMatchObject([{ kind: 'second-board' }]);
  });

  it('refuses the second where the configuration says so, and never the first', async () => {
    await open({ fleetRules: { secondBoards: 'refuse' } });
    for (const board of [one, two, one]) await poll(board);
    await expect(poll(two)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(poll(one)).resolves.toBe('no-release');
  });

  it('are over when a person clears it, or one was not heard for a week', async () => {
    await open();
    for (const board of [one, two, one, two]) await poll(board);
    await opened.services.manageDevices.clearFailures(id, { name: 'local', address: null });
    expect(await attention()).toEqual([]);
    await poll(one);
    for (const board of [two, one]) await poll(board);
    expect(await attention()).toHaveLength(1);
    wait(8 * 24 * 60);
    await poll(one);
    expect(await attention()).toEqual([]);
  });
});

describe('one board', () => {
  it.each<[string, (boot: number) => Partial<DeviceFacts>]>([
    ['with another machine-id after each boot', (boot) => ({ machineId: `m-${boot}` })],
    ['with a machine-id for each slot', (boot) => ({ machineId: `m-${boot % 2}` })],
  ])('%s is one board', async (_, factsOf) => {
    await open();
    for (let boot = 0; boot < 12; boot += 1)
      for (let time = 0; time < 3; time += 1) await poll(one, { bootId: `a${boot}`, ...factsOf(boot) });
    expect(await attention()).toEqual([]);
    await release();
    await poll(one, { bootId: 'a90', ...factsOf(90) });
    await poll(one, { bootId: 'a90', ...factsOf(90) }, 't-1');
    await poll(one, { bootId: 'a91', ...factsOf(91) });
    expect(await state()).toBe('rolled-back'); // what it tells still counts
  });

  it.each<[string, Partial<DeviceFacts>]>([
    ['by its machine-id', { bootId: 'a2', machineId: 'm-new' }],
    ['by saying so', { bootId: 'a2', attributes: { provisioned: '2026-11-02' } }],
  ])('that was flashed again starts afresh, known %s', async (_, flashed) => {
    await open();
    const before = { attributes: { provisioned: '2026-01-01' } };
    await poll(one, before);
    await release();
    await poll(one, before);
    await poll(one, before, 't-1');
    expect(await poll(one, flashed)).toBe('v2.0.0.raucb');
    expect(await journal()).toContain('device.started-afresh');
    expect(await journal()).not.toContain('installation.rolled-back');
    expect(await state()).toBe('offered');
  });

  it('whose serial its new system writes in another way is proven', async () => {
    await open();
    await poll(one);
    await release();
    await poll(one);
    await poll(one, {}, 't-1');
    await poll(one, { bootId: 'a2', serial: 'sn-a', systemVersion: '2.0.0' });
    expect(await state()).toBe('proven');
  });
});
