import path from 'node:path';
import { stat } from 'node:fs/promises';
import { maxCertificates } from '../../../../src/core/device';
import { keptInstallations } from '../../../../src/core/installation';
import { maxAttributes } from '../../../../src/services/offers/merge-contact';
import { makeBundle } from '../../../support/bundle-factory';
import { type OpenedServices, openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';
import { askedForManifest, polled } from '../../../support/device-events';
import { isOnPostgres, runSql, tablesOf } from '../../../support/test-database';

const board = 'test-board';
const startMs = Date.UTC(2026, 0, 1);

describe('one device that tells something else each time', () => {
  let opened: OpenedServices;
  let atMs: number;
  const now = () => new Date(atMs);
  beforeEach(async () => {
    atMs = startMs;
    opened = await openServices({ now });
    const { path: file } = await makeBundle({ compatible: board });
    await opened.publish(file, { activate: true });
  });
  afterEach(() => opened.close());

  /** Rows of every table. */
  async function rows(): Promise<Record<string, number>> {
    const counted = [];
    for (const name of await tablesOf(opened.dataDir)) {
      const [row] = await runSql(opened.dataDir, `SELECT count(*) AS count FROM "${name}"`);
      counted.push([name, Number((row as { readonly count: unknown }).count)] as const);
    }
    return Object.fromEntries(counted);
  }

  /** Everything that a device can say of itself, each time another: boots, versions, serials, installations, reports. */
  async function rage(from: number, to: number): Promise<void> {
    const { deviceEvents } = opened.services;
    const [bundle] = opened.services.listBundles.list();
    if (bundle === undefined) throw new Error('there is no bundle');
    for (let turn = from; turn < to; turn += 1) {
      atMs += 500;
      const identity = { id: 'board-1', certificateSerial: turn.toString(16), compatibles: [] };
      const long = `${turn}`.padEnd(256, 'x');
      const facts = {
        compatible: board,
        bootId: `boot-${long}`.slice(0, 256),
        systemVersion: `1.${turn}`,
        machineId: long,
        variant: long,
        // Serials that come in turn would make it two boards, of which the second writes nothing.
        attributes: { [`attribute-${turn}`]: long, slot: long },
      };
      const contact = { at: now(), address: `10.0.${turn >> 8}.${turn & 255}`, protocol: 'h2', facts };
      const asked = { ...contact, transactionId: `transaction-${turn}` };
      const told = { ...asked, transactionId: turn % 2 === 0 ? null : asked.transactionId };
      const question = turn % 3 === 0 ? polled(told, `"${turn}"`, board) : askedForManifest(told, board);
      const namedSha256 = turn.toString(16).padStart(64, '0');
      await deviceEvents.take(identity, { ...question, namedSha256 });
      await deviceEvents.take(identity, {
        kind: 'began',
        by: 'request',
        contact: asked,
        bundle: bundle.bundle,
      });
      await deviceEvents.take(identity, {
        kind: 'ended',
        outcome: 'failed',
        contact: { ...contact, transactionId: null },
        transactionId: asked.transactionId,
        message: long,
        log: long,
      });
      if (turn % 2 === 0) await opened.services.runHousekeeping();
    }
  }

  it('grows no table but the journal, and that by a bounded number of lines', async () => {
    const before = await rows();
    await rage(0, 200);
    const first = await rows();
    const linesOfFirst = (first['events'] ?? 0) - (before['events'] ?? 0);
    await rage(200, 400);
    const second = await rows();
    expect(first).toMatchObject({ devices: 1, device_certificates: maxCertificates });
    expect(second['installations']).toBeLessThanOrEqual(keptInstallations);
    expect(second['installation_logs']).toBeLessThanOrEqual(keptInstallations);
    for (const [table, count] of Object.entries(second)) {
      if (table === 'events') continue;
      expect(count).toBeLessThanOrEqual(Math.max(first[table] ?? 0, keptInstallations));
    }
    // 600 polls, begins and reports in a few minutes told more than a thousand things.
    expect(linesOfFirst).toBeLessThan(350);
    expect((second['events'] ?? 0) - (first['events'] ?? 0)).toBeLessThan(40);
    const record = await opened.store.devices.find('board-1');
    expect(Object.keys(record?.device.facts.attributes ?? {}).length).toBeLessThanOrEqual(maxAttributes);
    expect(record?.device.boards.boots.length).toBeLessThanOrEqual(6);
    expect(JSON.stringify(record?.device).length).toBeLessThan(32 << 10);
    if (!isOnPostgres)
      expect((await stat(path.join(opened.dataDir, 'server.db'))).size).toBeLessThan(2 << 20);
  });

  it('is told in one line with a count, over the journal and after a restart, and nothing is lost when the server stops', async () => {
    const device = new SimulatedDevice(opened.services, 'board-1', { compatible: board, now });
    for (let boot = 0; boot < 200; boot += 1) {
      device.boot();
      await device.poll();
      atMs += 100;
    }
    const booted = async () =>
      (
        await opened.services.readJournal.search(
          { kinds: ['device.booted'], deviceId: 'board-1' },
          { limit: 100 },
        )
      ).events;
    expect(await booted()).toHaveLength(30);
    await opened.close();
    opened = await openServices({ dataDir: opened.dataDir, now });
    const [counted, ...others] = await booted();
    expect(others.every(({ repeats }) => repeats === null)).toBe(true);
    expect(others).toHaveLength(30);
    expect(counted?.repeats?.count).toBe(200 - 1 - 30); // the first poll was the first contact
    expect(counted?.repeats?.firstAt.getTime()).toBeLessThan(counted?.at.getTime() ?? 0);
  });

  it('does not fold what a person does to a device, nor what another device does', async () => {
    const device = new SimulatedDevice(opened.services, 'board-1', { compatible: board, now });
    const other = new SimulatedDevice(opened.services, 'board-2', { compatible: board, now });
    await other.poll();
    for (let boot = 0; boot < 100; boot += 1) {
      device.boot();
      await device.poll();
    }
    const actor = { name: 'local', address: null };
    for (let time = 0; time < 40; time += 1)
      await opened.services.manageDevices.hold('board-1', `${time}`, actor);
    const { readJournal } = opened.services;
    expect((await readJournal.search({ kinds: ['device.held'] }, { limit: 100 })).events).toHaveLength(40);
    other.boot();
    await other.poll();
    expect(
      (await readJournal.search({ kinds: ['device.booted'], deviceId: 'board-2' }, { limit: 10 })).events,
    ).toHaveLength(1);
  });

  it('that was forgotten tells nothing more of before', async () => {
    const device = new SimulatedDevice(opened.services, 'board-1', { compatible: board, now });
    for (let boot = 0; boot < 100; boot += 1) {
      device.boot();
      await device.poll();
    }
    await opened.services.manageDevices.forget('board-1', { name: 'local', address: null });
    const lastId = await opened.services.readJournal.lastId();
    atMs += 7_200_000;
    await opened.services.runHousekeeping();
    expect(await opened.services.readJournal.lastId()).toBe(lastId);
  });
});
