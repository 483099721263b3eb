import { type Postgres, startDatabase } from '../../support/postgres';
import { eventually } from '../../support/eventually';
import type { Revocation } from '../../../src/core/certificate';
import { KnownRevocations } from '../../../src/services/certificates/known-revocations';
import type { ChangeWatchOptions } from '../../../src/store/postgres/change-watch';
import { connectionOptions } from '../../../src/store/postgres/connection-options';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { openClient } from '../../../src/store/postgres/open-client';
import { createRevocationRecords } from '../../../src/store/postgres/revocation-records';
import { openPostgresCertificates } from '../../../src/store/postgres-store';
import type { Watch } from '../../../src/ports/watch';

const name = 'revocations';
/** Longer than a test: only notifications have the other server look. */
const neverMs = 3_600_000;

const revoked = (serial: string, device = 'board-1'): Revocation => ({
  serial,
  commonName: device,
  revokedAt: new Date('2026-11-02T10:00:00.000Z'),
  reason: 'stolen',
});

describe('revocations in PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  let atMs: number;
  const open: (Database | Watch)[] = [];

  beforeAll(async () => {
    ({ postgres, url } = await startDatabase(name));
  });
  beforeEach(async () => {
    atMs = 0;
    await postgres.empty(name);
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function openNode(watching: Partial<ChangeWatchOptions> = {}, address = url) {
    const database = await openDatabase(address);
    open.push(database);
    const records = createRevocationRecords(database, {
      connect: () => openClient(connectionOptions(address)),
      ...watching,
    });
    return KnownRevocations.open({ records, monotonicMs: () => atMs });
  }
  const watch = (node: KnownRevocations, onAdded: () => void) => open.push(node.watch(onAdded));

  it('are known to another server as soon as it is notified', async () => {
    const first = await openNode();
    const second = await openNode({ everyMs: neverMs });
    let heard = 0;
    watch(second, () => (heard += 1));
    await first.add([revoked('a1')]);
    expect(first.find('a1')).toMatchObject(revoked('a1'));
    await eventually(() => second.find('a1') !== undefined && heard === 1); // it has looked, so it listens
    await first.add([revoked('b2')]);
    await eventually(() => second.find('b2') !== undefined && heard === 2);
  });

  it('are known to another server within a second when no notification arrives', async () => {
    const first = await openNode();
    const second = await openNode({ connect: () => Promise.reject(new Error('no connection to listen by')) });
    watch(second, () => undefined);
    await first.add([revoked('a1')]);
    const since = performance.now();
    await eventually(() => second.find('a1') !== undefined);
    expect(performance.now() - since).toBeLessThan(5_000); // a busy machine
  });

  it('are told to those who watch even if someone else read them first', async () => {
    const [first, second] = [await openNode(), await openNode({ everyMs: neverMs })];
    await first.add([revoked('a1')]);
    let heard = 0;
    watch(second, () => (heard += 1));
    await second.all();
    await eventually(() => heard === 1);
  });

  it('stay as they were first made, in the order in which servers made them', async () => {
    const [first, second] = [await openNode(), await openNode()];
    await Promise.all([first.add([revoked('a1')]), second.add([revoked('b2')])]);
    await second.add([revoked('c3'), { ...revoked('a1'), reason: 'again' }]);
    const all = await first.all();
    expect(all.map(({ serial }) => serial).sort()).toEqual(['a1', 'b2', 'c3']);
    expect(all.at(-1)?.serial).toBe('c3');
    expect(first.find('a1')?.reason).toBe('stolen');
    expect(await second.all()).toEqual(all);
    expect(await first.all()).toBe(all);
  });

  it('are those of commands, too', async () => {
    const node = await openNode();
    const { revocations: commands } = openPostgresCertificates(url);
    await commands.add([revoked('a1')]);
    expect(await commands.all()).toEqual(await node.all());
    expect(node.find('a1')).toBeDefined();
  });

  it('are current for a minute after they could last be read', async () => {
    const node = await openNode();
    await node.add([revoked('a1')]);
    atMs = 60_000;
    expect(node.areCurrent()).toBe(true);
    await postgres.stop();
    atMs = 60_001;
    await expect(node.all()).rejects.toMatchObject({ code: 'unavailable' });
    expect(node.areCurrent()).toBe(false);
    expect(node.find('a1')).toBeDefined();
    await postgres.start();
    await eventually(() =>
      node.all().then(
        () => true,
        () => false,
      ),
    );
    expect(node.areCurrent()).toBe(true);
  });
});
