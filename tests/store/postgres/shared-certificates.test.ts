import path from 'node:path';
import { loadConfig } from '../../../src/config/config';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { findCertificates } from '../../../src/server/find-certificates';
import { ServingCertificates } from '../../../src/server/serving-certificates';
import { openSharedCertificates } from '../../../src/server/shared-certificates';
import { createAskedNameRecords } from '../../../src/store/postgres/asked-name-records';
import { connectionOptions } from '../../../src/store/postgres/connection-options';
import { openDatabase } from '../../../src/store/postgres/database';
import { createIssuanceRecords } from '../../../src/store/postgres/issuance-records';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { openClient } from '../../../src/store/postgres/open-client';
import { createRevocationRecords } from '../../../src/store/postgres/revocation-records';
import { eventually } from '../../support/eventually';
import { type Postgres, startPostgres } from '../../support/postgres';
import { temporaryFolder } from '../../support/programs';

const asked = 'updates.example.com';
const now = () => new Date();
const ignore = () => undefined;
const log = { info: ignore, warn: ignore, error: ignore };

/** Two servers with the same certificates, on one database. */
describe('what two servers know of their devices', () => {
  let postgres: Postgres;
  let url: string;
  let folder: string;
  let atMs = 0;
  const closing: (() => Promise<void>)[] = [];
  const certsDir = () => path.join(folder, 'certs');

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.create('certificates');
    folder = await temporaryFolder();
    const certificates = openCertificateFolder(certsDir(), { now });
    await certificates.createCa({});
    await certificates.createServer({ names: ['localhost', asked], ips: [] });
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function open(): Promise<ServingCertificates> {
    const database = await openDatabase(url);
    closing.push(() => database.close());
    const dotenvPath = path.join(folder, '.env');
    const config = loadConfig({ flags: {}, env: { CERTS_DIR: certsDir() }, dotenvPath, cwd: folder });
    const revocations = createRevocationRecords(database, {
      connect: () => openClient(connectionOptions(url)),
    });
    const issuance = createIssuanceRecords(database);
    const shared = await openSharedCertificates({ revocations, issuance }, () => atMs);
    const certificates = await ServingCertificates.open({
      config,
      found: await findCertificates(config, { log, now, shared }),
      shared,
      store: {
        askedNames: createAskedNameRecords(database),
        journal: new PostgresJournal(database),
        inheritedRevocations: () => Promise.resolve([]),
        inheritedIssuance: () => Promise.resolve([]),
      },
      log,
      now,
    });
    closing.push(() => certificates.close());
    return certificates;
  }
  const runChores = async (certificates: ServingCertificates) => {
    for (const { run } of certificates.chores()) await run();
  };

  it('includes names that devices asked the other one for: no new certificate may lack them', async () => {
    const [one, other] = [await open(), await open()];
    other.watch({ reload: ignore, enforceRevocations: () => 0 });
    one.noteName(asked);
    await runChores(one);
    await runChores(other);
    const certificates = openCertificateFolder(certsDir(), { now });
    await certificates.createServer({ names: ['localhost'], ips: [], force: true });
    await eventually(() => other.status().heldBack !== null || !other.coversHost(asked));
    expect(other.coversHost(asked)).toBe(true);
  });

  it('is not who was revoked, once that could not be read for a minute', async () => {
    const certificates = await open();
    atMs += 60_000;
    expect(certificates.knowsRevocations()).toBe(true);
    await postgres.stop();
    atMs += 1;
    expect(certificates.knowsRevocations()).toBe(false);
    await postgres.start();
    await certificates.refresh();
    expect(certificates.knowsRevocations()).toBe(true);
  });
});
