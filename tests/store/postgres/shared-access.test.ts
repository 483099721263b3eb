import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type Postgres, startPostgres } from '../../support/postgres';
import { temporaryFolder } from '../../support/programs';
import { openTokenKey } from '../../../src/pki/token-key';
import { createDeviceTokens } from '../../../src/services/access/device-tokens';
import { createManageSessions } from '../../../src/services/access/manage-sessions';
import { createManageTokens } from '../../../src/services/access/manage-tokens';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { createDeviceTokenRecords } from '../../../src/store/postgres/device-token-records';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { createSessionRecords } from '../../../src/store/postgres/session-records';
import { createTokenRecords } from '../../../src/store/postgres/token-records';

const name = 'access';
const actor = { name: 'local', address: null };
const gateway = { kind: 'gateway' } as const;

describe('two servers on one PostgreSQL', () => {
  let postgres: Postgres;
  let databases: readonly [Database, Database];
  let certsDir: string;
  let atMs: number;

  beforeAll(async () => {
    postgres = await startPostgres();
    const url = await postgres.create(name);
    databases = [await openDatabase(url), await openDatabase(url)];
    certsDir = path.join(await temporaryFolder(), 'certs');
  });
  beforeEach(async () => {
    atMs = 0;
    await postgres.empty(name);
  });
  afterAll(() => Promise.all(databases.map((database) => database.close())));

  /** What a server asks about each request. */
  function accessOf(database: Database) {
    const journal = new PostgresJournal(database);
    const ports = { randomBytes, now: () => new Date() };
    return {
      tokens: createManageTokens({ ...ports, tokens: createTokenRecords(database, journal) }),
      sessions: createManageSessions({
        ...ports,
        sessions: createSessionRecords(database, journal),
        ageMs: () => 0,
      }),
      deviceTokens: createDeviceTokens({
        ...ports,
        records: createDeviceTokenRecords(database, journal),
        sealing: openTokenKey(certsDir),
        monotonicMs: () => atMs,
      }),
    };
  }
  const servers = () => databases.map(accessOf) as [Access, Access];
  type Access = ReturnType<typeof accessOf>;

  it('refuse a token at the next request after the other one has revoked it', async () => {
    const [first, second] = servers();
    const { secret } = await first.tokens.create({ name: 'ci', scope: 'read', actor: 'local' });
    expect(await second.tokens.find(secret)).toMatchObject({ name: 'ci' });
    await first.tokens.revoke({ name: 'ci', actor: 'local' });
    expect(await second.tokens.find(secret)).toBeUndefined();
  });

  it('refuse a session at the next request after the other one has ended it, or revoked its token', async () => {
    const [first, second] = servers();
    const { token } = await first.tokens.create({ name: 'ops', scope: 'admin', actor: 'local' });
    const [ended, other] = [
      await first.sessions.begin(token, null),
      await second.sessions.begin(token, null),
    ];
    for (const { id } of [ended, other])
      expect(await second.sessions.find(id)).toMatchObject({ name: 'ops' });
    await first.sessions.end(ended.id, null);
    expect(await second.sessions.find(ended.id)).toBeUndefined();
    expect(await second.sessions.find(other.id)).toBeDefined();
    await first.tokens.revoke({ name: 'ops', actor: 'local' });
    expect(await second.sessions.find(other.id)).toBeUndefined();
  });

  it('refuse a token of devices within a second after the other one has replaced it', async () => {
    const [first, second] = servers();
    const { token } = await first.deviceTokens.create(gateway, {}, actor);
    expect(await second.deviceTokens.check(gateway, token)).toBe(true);
    await first.deviceTokens.rotate(gateway, { overlapMs: 0 }, actor);
    atMs = 1_000;
    expect(await second.deviceTokens.check(gateway, token)).toBe(false);
  });
});
