import { type Postgres, startDatabase } from '../../support/postgres';
import { eventually } from '../../support/eventually';
import type { IssuedRecord } from '../../../src/ports/issuance';
import { KnownIssuance } from '../../../src/services/certificates/known-issuance';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { createIssuanceRecords } from '../../../src/store/postgres/issuance-records';
import { openPostgresCertificates } from '../../../src/store/postgres-store';

const name = 'issuance';

function issued(fingerprint: string, more: Partial<IssuedRecord> = {}): IssuedRecord {
  return {
    serial: `5f${fingerprint}`,
    commonName: 'board-1',
    role: 'device',
    notBefore: new Date(0),
    notAfter: new Date('2036-11-02T10:00:00.000Z'),
    issuedAt: new Date('2026-11-02T10:00:00.000Z'),
    fingerprint,
    certificatePem: `the certificate ${fingerprint}`,
    sealedKey: null,
    ...more,
  };
}

describe('issued certificates in PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  const open: Database[] = [];

  beforeAll(async () => {
    ({ postgres, url } = await startDatabase(name));
  });
  beforeEach(() => postgres.empty(name));
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function openNode() {
    const database = await openDatabase(url);
    open.push(database);
    return new KnownIssuance(createIssuanceRecords(database));
  }
  const fingerprints = async (node: Pick<KnownIssuance, 'all'>) =>
    (await node.all()).map(({ fingerprint }) => fingerprint);

  it('are known to every server and to commands at the next look', async () => {
    const [first, second] = [await openNode(), await openNode()];
    expect(await fingerprints(second)).toEqual([]);
    expect(await first.record(issued('a1'), false)).toBe(true);
    expect(await fingerprints(second)).toEqual(['a1']);
    const { issuance: commands } = openPostgresCertificates(url);
    expect(await commands.record(issued('b2', { commonName: 'board-2' }), false)).toBe(true);
    expect(await fingerprints(first)).toEqual(['a1', 'b2']);
    expect(await commands.all()).toEqual(await first.all());
    expect(await first.all()).toBe(await first.all());
    expect(await commands.latestOf('board-2')).toEqual(issued('b2', { commonName: 'board-2' }));
    expect(await commands.latestOf('board-3')).toBeUndefined();
  });

  it('are the first of a device, or of a role, only once', async () => {
    const [first, second] = [await openNode(), await openNode()];
    const both = await Promise.all([first.record(issued('a1'), true), second.record(issued('b2'), true)]);
    expect(both.sort()).toEqual([false, true]);
    // Those that one server is asked for at once share a commit.
    const same = ['f6', 'f7', 'f8', 'f9'].map((one) => first.record(issued(one, { commonName: 'b' }), true));
    expect((await Promise.all(same)).filter(Boolean)).toHaveLength(1);
    expect(await first.record(issued('c3', { commonName: 'board-2' }), true)).toBe(true);
    expect(await first.record(issued('d4', { role: 'ca', commonName: 'A' }), true)).toBe(true);
    expect(await second.record(issued('e5', { role: 'ca', commonName: 'B' }), true)).toBe(false);
    expect(await second.record(issued('e5', { role: 'ca', commonName: 'B' }), false)).toBe(true);
    expect(await second.record(issued('e5', { role: 'ca', commonName: 'B' }), false)).toBe(true);
    expect(await first.authorities()).toEqual(new Set(['d4', 'e5']));
    expect(await fingerprints(second)).toHaveLength(5);
  });

  it('are taken over once from the logs of several servers, and change nothing that is known', async () => {
    const [first, second] = [await openNode(), await openNode()];
    await first.record(issued('a1'), false);
    const later = new Date('2026-12-02T10:00:00.000Z');
    const log = [issued('a1', { issuedAt: later }), issued('l1', { issuedAt: later }), issued('l2')];
    const many = Array.from({ length: 1_100 }, (_, at) => issued(`m${at}`, { commonName: `board-m${at}` }));
    await Promise.all([first.takeOver([...log, ...log, ...many]), second.takeOver([...log, ...many])]);
    expect((await fingerprints(first)).sort()).toEqual(
      ['a1', 'l1', 'l2', ...many.map(({ fingerprint }) => fingerprint)].sort(),
    );
    expect(await first.latestOf('board-1')).toEqual(issued('a1'));
    expect(await second.lastIssuedAt()).toEqual(later);
    expect(await second.latestOf('board-m7')).toMatchObject({ certificatePem: null, sealedKey: null });
  });

  it('need no turn among the changes of all servers if the log is known', async () => {
    const [first, second] = [await openNode(), await openNode()];
    await first.takeOver([issued('l1')]);
    const [database] = open;
    let settled = false;
    await database?.transact(async () => {
      await second.takeOver([issued('l1')]);
      settled = true;
    });
    expect(settled).toBe(true);
  });

  it('leave the CAs as last known while the database is away', async () => {
    const [node, unread] = [await openNode(), await openNode()];
    await node.record(issued('d4', { role: 'ca' }), false);
    await node.authorities();
    await postgres.stop();
    expect(await node.authorities()).toEqual(new Set(['d4']));
    await expect(unread.authorities()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(node.record(issued('a1'), false)).rejects.toMatchObject({ code: 'unavailable' });
    await postgres.start();
    await eventually(() =>
      node.all().then(
        () => true,
        () => false,
      ),
    );
    expect(await fingerprints(node)).toEqual(['d4']);
  });
});
