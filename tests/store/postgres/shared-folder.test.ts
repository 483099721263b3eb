import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Postgres, startPostgres } from '../../support/postgres';
import { killAt } from '../../support/kill-at';
import { mustRun, temporaryFolder } from '../../support/programs';
import { DomainError } from '../../../src/core/errors';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { ensureCertificates } from '../../../src/pki/ensure-certificates';
import { loadServerTls } from '../../../src/pki/server-tls';
import type { SharedCertificates } from '../../../src/ports/issuance';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { createSharedIssuance } from '../../../src/store/postgres/issuance-records';
import { createSharedRevocations } from '../../../src/store/postgres/revocation-records';

const name = 'folders';
const dayMs = 86_400_000;
const start = new Date('2027-01-01T00:00:00Z');

describe('folders of servers on one PostgreSQL', () => {
  let postgres: Postgres;
  let database: Database;
  let shared: SharedCertificates;
  let dir: string;
  let at: Date;

  const now = () => at;
  /** As a command has it. */
  const folder = (of = dir) => openCertificateFolder(of, { now, shared });
  /** As a server has it. */
  const served = (of = dir) => openCertificateFolder(of, { now, shared, isReadOnly: true });
  const begin = (of: string) => ensureCertificates(of, { hosts: [], now, shared });
  const files = async (of = dir) => {
    const names = await readdir(of, { recursive: true });
    return names.filter((one) => !path.basename(one).startsWith('.')).sort();
  };
  const newFolder = async () => path.join(await temporaryFolder(), 'certs');

  beforeAll(async () => {
    postgres = await startPostgres();
    database = await openDatabase(await postgres.create(name));
    const using = <Result>(work: (opened: Database) => Promise<Result>) => work(database);
    shared = { revocations: createSharedRevocations(using), issuance: createSharedIssuance(using) };
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await postgres.empty(name);
    at = start;
    dir = await newFolder();
  });
  afterEach(() => jest.restoreAllMocks());

  it('are made by the first start alone, and by a command at any time', async () => {
    await begin(dir);
    expect(await files()).toEqual(['ca.crt', 'ca.key', 'device-tokens.key', 'server.crt', 'server.key']);
    await begin(dir);
    const other = await newFolder();
    await expect(begin(other)).rejects.toMatchObject({ reason: { code: 'certificates-of-other-servers' } });
    expect(await files(other)).toEqual([]);
    await folder(other).createCa({});
    await expect(begin(other)).rejects.toMatchObject({ reason: { code: 'certificates-of-other-servers' } });
    await folder(other).createServer({ names: ['localhost'], ips: [] });
    await begin(other);
    expect(await files(other)).toEqual(await files());
  });

  it('are completed, or a command is named, after a first start that was killed at any step', async () => {
    const refused: number[] = [];
    let step = 1;
    for (let isKilled = true; isKilled; step += 1) {
      await postgres.empty(name);
      const of = await newFolder();
      isKilled = await killAt(step, () => begin(of));
      const reason = await begin(of).then(
        () => null,
        (error: unknown) => (error instanceof DomainError ? error.reason?.code : error),
      );
      if (reason !== null) {
        expect(reason).toBe('certificates-of-other-servers');
        refused.push(step);
        if (!(await files(of)).includes('ca.crt')) await folder(of).createCa({ force: true });
        await folder(of).createServer({ names: ['localhost'], ips: [], force: true });
        await begin(of);
      }
      await loadServerTls(of);
    }
    expect(step).toBeGreaterThan(20);
    expect(refused.length).toBeLessThan(step / 2);
  });

  it('that are read-only get nothing, and what is issued is the same for all', async () => {
    await begin(dir);
    const before = await files();
    const { certificate, written } = await served().createDevice({ id: 'board-1', days: 30 });
    expect(written).toEqual([]);
    expect(await files()).toEqual(before);
    const found = await served().readDevice('board-1');
    expect(found).toMatchObject({ certificate: { serial: certificate.serial }, revokedAt: null });
    expect(found?.keyPem).toContain('PRIVATE KEY');
    await expect(served().createDevice({ id: 'board-1' })).rejects.toMatchObject({ code: 'conflict' });
    const forced = await served().createDevice({ id: 'board-1', force: true });
    const { devices } = await served().inventory();
    expect(devices.map(({ serial, hasFile }) => [serial, hasFile])).toEqual([
      [forced.certificate.serial, true],
      [certificate.serial, false],
    ]);
    expect((await served().revoke({ which: 'board-1' })).map(({ serial }) => serial).sort()).toEqual(
      [certificate.serial, forced.certificate.serial].sort(),
    );
    expect((await served().readDevice('board-1'))?.revokedAt).toEqual(start);
  });

  it('have the key beside a certificate that a command wrote there, until a server issues another', async () => {
    await begin(dir);
    await folder().createDevice({ id: 'board-1' });
    const key = await readFile(path.join(dir, 'devices/board-1.key'), 'utf8');
    expect((await served().readDevice('board-1'))?.keyPem).toBe(key);
    await expect(served().createDevice({ id: 'board-1' })).rejects.toMatchObject({ code: 'conflict' });
    await rm(path.join(dir, 'devices'), { recursive: true });
    expect(await served().readDevice('board-1')).toMatchObject({ keyPem: null });
    await served().createDevice({ id: 'board-1', force: true });
    expect((await served().readDevice('board-1'))?.keyPem).not.toBe(key);
  });

  it('issue nothing when the clock is behind what was issued elsewhere', async () => {
    await begin(dir);
    at = new Date(start.getTime() - dayMs);
    await expect(served().createDevice({ id: 'board-1' })).rejects.toMatchObject({
      reason: { code: 'clock-before-last-issue' },
    });
  });

  it('keep the server certificate, and name the command when it is due for renewal', async () => {
    await begin(dir);
    const before = await files();
    expect(await served().renewServer()).toBeNull();
    at = new Date(start.getTime() + 800 * dayMs);
    await expect(served().renewServer()).rejects.toMatchObject({ reason: { code: 'renewal-by-command' } });
    expect(await files()).toEqual(before);
    const other = await newFolder();
    await folder(other).createCa({});
    await mustRun('cp', [path.join(other, 'ca.crt'), dir]);
    await expect(served().renewServer()).rejects.toMatchObject({ reason: { code: 'renewal-of-another-ca' } });
  });

  it('take no imported CA for one of an earlier server, although its record is not in the folder', async () => {
    const source = await temporaryFolder();
    const of = (file: string) => path.join(source, file);
    await mustRun('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '4000'],
      ...['-keyout', of('ca.key'), '-out', of('ca.crt'), '-subj', '/CN=Elsewhere'],
    ]);
    at = new Date();
    await folder().importCa({
      certificatePem: await readFile(of('ca.crt'), 'utf8'),
      keyPem: await readFile(of('ca.key'), 'utf8'),
    });
    await folder().createServer({ names: ['localhost'], ips: [] });
    expect((await loadServerTls(dir, { shared })).takenOver).toEqual([]);
    expect((await loadServerTls(dir)).takenOver).toHaveLength(1); // only the database knows it
  });
});
