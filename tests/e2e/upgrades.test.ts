import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'libsql';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { migrations } from '../../src/store/sqlite/migrations';
import { makeBundle, type MadeBundle } from '../support/bundle-factory';
import { earlierSchemas, writeEarlierDatabase } from '../support/earlier-database';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { entryPoint, startServer } from '../support/server-process';
import { openServices } from '../support/services';
import { SimulatedDevice } from '../support/simulated-device';

const person = { name: 'local', address: '127.0.0.1' };
const now = () => new Date();

/** A folder as a server of today leaves it. */
let today: string;
let bundle: MadeBundle;

beforeAll(async () => {
  today = await temporaryFolder();
  const certificates = openCertificateFolder(path.join(today, 'certs'), { now });
  await certificates.createCa({});
  await certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1'] });
  await certificates.createDevice({ id: 'board-1' });
  bundle = await makeBundle({ compatible: 'board', version: '2.0.0' });
  const opened = await openServices({ dataDir: path.join(today, 'data'), now });
  const { manageDevices, manageTokens, manageWebhooks } = opened.services;
  await opened.publish(bundle.path, { name: 'fw.raucb', activate: true });
  await new SimulatedDevice(opened.services, 'board-1', { compatible: 'board', version: '1.0.0', now }).poll(
    't-1',
  );
  await manageDevices.create('board-2', { labels: ['lab'], notes: 'beside the door' }, person);
  await manageDevices.hold('board-2', 'on the bench', person);
  await manageTokens.create({ name: 'ci', scope: 'publish', actor: 'local' });
  await manageWebhooks.create({ name: 'ops', url: 'https://127.0.0.1:1/', kinds: ['token.'] }, person);
  await opened.close();
});

/** A folder of its own with the certificates of today. */
async function folderWith(): Promise<{ folder: string; dataDir: string }> {
  const folder = await temporaryFolder();
  const dataDir = path.join(folder, 'data');
  await mkdir(path.join(dataDir, 'bundles'), { recursive: true, mode: 0o700 });
  await symlink(path.join(today, 'certs'), path.join(folder, 'certs'));
  return { folder, dataDir };
}

/** From then on a marker lies beside the database. */
const firstWithMarker = migrations.findIndex((step) => step.includes('CREATE TABLE database_identity')) + 1;

async function folderOfSchema(schema: number): Promise<{ folder: string; dataDir: string }> {
  const made = await folderWith();
  const from = path.join(today, 'data');
  for (const name of ['bundles', ...(schema >= firstWithMarker ? ['database.marker'] : [])])
    await cp(path.join(from, name), path.join(made.dataDir, name), { recursive: true });
  writeEarlierDatabase(path.join(from, 'server.db'), schema, path.join(made.dataDir, 'server.db'));
  return made;
}

async function folderOfTheOriginal(): Promise<{ folder: string; dataDir: string }> {
  const made = await folderWith();
  await cp(bundle.path, path.join(made.dataDir, 'bundles', 'fw.raucb'));
  await mkdir(path.join(made.dataDir, 'manifests'));
  const manifest = {
    bundle_url: 'https://old.example.com/bundles/fw.raucb',
    compatible: 'board',
    filename: 'fw.raucb',
    size: bundle.sizeBytes,
    sha256: bundle.sha256,
    released_at: '2024-05-06T07:08:09.123456',
  };
  await writeFile(path.join(made.dataDir, 'manifests', 'board.json'), JSON.stringify(manifest));
  return made;
}

const certsOf = (id: string) => [
  ['--cacert', path.join(today, 'certs/ca.crt')],
  ['--cert', path.join(today, `certs/devices/${id}.crt`)],
  ['--key', path.join(today, `certs/devices/${id}.key`)],
];

/** Starts today's program there, and looks at what devices and people get. */
async function lookAt(folder: string) {
  const server = await startServer({ folder });
  const ask = async (url: string, ...args: string[]): Promise<unknown> =>
    JSON.parse((await mustRun('curl', ['-sS', '--fail-with-body', ...args, url])).stdout);
  const manifest = await ask(
    `${server.deviceUrl}/api/v1/manifest.json?compatible=board`,
    ...certsOf('board-1').flat(),
  );
  const [{ releases }, { devices }, { webhooks }] = (await Promise.all(
    ['releases', 'devices', 'webhooks'].map((what) => ask(`${server.adminUrl}/api/${what}`)),
  )) as [
    { releases: { bundle: string; rollout: { state: string } }[] },
    { devices: { id: string; labels: string[]; notes: string; hold: { reason: string } | null }[] },
    { webhooks: { name: string }[] },
  ];
  expect(await server.stop()).toBe(0);
  const errors = server.output.stderr.split('\n').filter((line) => line.includes('"level":"error"'));
  return {
    offered: (manifest as { sha256: string }).sha256,
    releases: releases.map(({ bundle: name, rollout }) => `${name} ${rollout.state}`),
    held: devices.filter(({ hold }) => hold !== null).map(({ id, labels, notes }) => ({ id, labels, notes })),
    webhooks: webhooks.map(({ name }) => name),
    errors,
  };
}

const schemas = Array.from({ length: earlierSchemas }, (_, index) => index + 1);
/** From then on there are devices and webhooks. */
const firstWithDevices = migrations.findIndex((step) => step.includes('CREATE TABLE devices')) + 1;

describe('the program of today', () => {
  it.each(schemas)('goes on with the data of schema %i', async (schema) => {
    const { folder, dataDir } = await folderOfSchema(schema);
    const hasDevices = schema >= firstWithDevices;
    expect(await lookAt(folder)).toEqual({
      offered: bundle.sha256,
      releases: ['fw.raucb running'],
      held: hasDevices ? [{ id: 'board-2', labels: ['lab'], notes: 'beside the door' }] : [],
      webhooks: hasDevices ? ['ops'] : [],
      errors: [],
    });
    expect(versionOf(dataDir)).toBe(earlierSchemas + 1);
  });

  it('goes on with the data of the original', async () => {
    const { folder } = await folderOfTheOriginal();
    expect(await lookAt(folder)).toEqual({
      offered: bundle.sha256,
      releases: ['fw.raucb running'],
      held: [],
      webhooks: [],
      errors: [],
    });
  });
});

describe('an upgrade that fails', () => {
  it('leaves the database as it was, and says how to go back', async () => {
    const schema = migrations.findIndex((step) => step.includes('CREATE TABLE device_tokens'));
    const { folder, dataDir } = await folderOfSchema(schema);
    const file = path.join(dataDir, 'server.db');
    // What the next step makes is there already.
    const made = new Sqlite(file);
    made.exec('CREATE TABLE device_tokens (mine TEXT)');
    const before = dumpOf(made);
    made.close();
    const serve = [
      entryPoint,
      'serve',
      '--admin-port',
      '0',
      '--device-port',
      '0',
      '--device-host',
      '127.0.0.1',
    ];
    const { code, stderr } = await run(process.execPath, serve, { cwd: folder });
    expect(code).not.toBe(0);
    expect(stderr).toContain('cannot be upgraded: table device_tokens already exists. Nothing was changed');
    expect(stderr).toContain('The previous version can still use it.');
    const after = new Sqlite(file);
    expect(dumpOf(after)).toEqual(before);
    expect(after.prepare('PRAGMA integrity_check').all([])).toEqual([{ integrity_check: 'ok' }]);
    after.close();
  });
});

function versionOf(dataDir: string): unknown {
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  const [row] = sqlite.prepare('PRAGMA user_version').all([]) as { user_version: number }[];
  sqlite.close();
  return row?.user_version;
}

/** Everything in a database, and its version. */
function dumpOf(sqlite: Sqlite.Database): unknown {
  const tables = sqlite
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all([]) as { name: string; sql: string }[];
  return [
    sqlite.prepare('PRAGMA user_version').all([]),
    ...tables.map(({ name, sql }) => ({ name, sql, rows: sqlite.prepare(`SELECT * FROM ${name}`).all([]) })),
  ];
}
