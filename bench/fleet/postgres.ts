import { readFileSync } from 'node:fs';
import path from 'node:path';
import { launchPostgres, type Postgres } from '../../tests/support/postgres-server';
import { cpuSeconds } from '../process-figures';
import { countRollout, look } from './looks';
import { poll, type PollCost } from './polls';
import {
  askAsUpdated,
  bundleName,
  drive,
  maxAtOnce,
  openPostgresRig,
  register,
  release,
  type Rig,
} from './rig';
import { SecondNode } from './second-node';

/** As on a small dedicated machine, and with every sync, which tests leave out. */
const settings = ['fsync=on', 'full_page_writes=on', 'shared_buffers=1GB', 'max_wal_size=4GB'];

/** This many devices make contact; the others are copies of their rows. */
const contacts = 200;
const changeSeconds = 5;

/** Measures a fleet in a separate PostgreSQL. */
export async function measurePostgres(devices: number, folder: string): Promise<void> {
  console.log(`${devices} devices in PostgreSQL`);
  const postgres = await launchPostgres({ settings });
  try {
    await measure(postgres, devices, path.join(folder, `postgres-${devices}`));
  } finally {
    await postgres.remove();
  }
}

async function measure(postgres: Postgres, devices: number, dataDir: string): Promise<void> {
  const url = await postgres.create('bench');
  const rig = await openPostgresRig(url, dataDir);
  await release(rig.services);
  const first = Math.min(devices, contacts);
  console.log(`  first contacts: ${Math.round(await register(rig.services, first))} a second`);
  rig.stopHousekeeping();
  await rig.services.runHousekeeping();
  if (devices > first) await multiply(postgres, first, devices);
  await postgres.run('VACUUM ANALYZE', 'bench');

  await pollFrom(postgres, 'one server', () => Promise.all([poll(rig.services, devices)]));
  console.log(`  memory: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
  const second = await SecondNode.start(url, `${dataDir}-second`);
  await pollFrom(postgres, 'two servers', () =>
    Promise.all([poll(rig.services, devices), second.poll(devices)]),
  );
  console.log(`  a release is known to the other server: ${await timeToConverge(rig, second)}`);
  await second.stop();
  await change(postgres, rig, devices); // after the polls, which would report the earlier versions again
  await postgres.run('VACUUM ANALYZE', 'bench');
  await look(rig, devices);
  await countRollout(rig);
  await rig.close();
  const [size] = await postgres.run("SELECT pg_database_size('bench')::float8 AS bytes", 'bench');
  const { bytes } = size as { readonly bytes: number };
  console.log(
    `  database: ${(bytes / 2 ** 20).toFixed(1)} MiB, ${Math.round(bytes / devices)} bytes a device`,
  );
}

/** Prints how many changes of devices a server keeps in a second, and how many syncs of the disk that takes. */
async function change(postgres: Postgres, { services }: Rig, devices: number): Promise<void> {
  const before = await syncs(postgres);
  const startedAt = performance.now();
  let changes = 0;
  const isOver = () => performance.now() - startedAt > changeSeconds * 1000;
  await drive(() => (isOver() ? undefined : askAsUpdated(services, changes++, devices)));
  const seconds = (performance.now() - startedAt) / 1000;
  const perSecond = (count: number) => Math.round(count / seconds);
  const inSyncs = perSecond((await syncs(postgres)) - before);
  console.log(
    `  changes of devices, ${maxAtOnce} at once: ${perSecond(changes)} a second with ${inSyncs} syncs`,
  );
}

/** How often PostgreSQL waited for the disk to keep a commit; backends count up to a second late. */
async function syncs(postgres: Postgres): Promise<number> {
  const [row] = await postgres.run('SELECT wal_sync::float8 AS count FROM pg_stat_wal');
  return (row as { readonly count: number }).count;
}

/** Prints what polls cost that one or several servers take at once. */
async function pollFrom(
  postgres: Postgres,
  whom: string,
  work: () => Promise<readonly PollCost[]>,
): Promise<void> {
  const server = Number(
    readFileSync(path.join(postgres.dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  const before = cpuSeconds([server]);
  const costs = await work();
  const sum = (of: (cost: PollCost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  const polls = sum((cost) => cost.polls);
  const mean = (of: (cost: PollCost) => number) => (sum((cost) => of(cost) * cost.polls) / polls).toFixed(1);
  const inPostgres = (((cpuSeconds([server]) - before) * 1e6) / polls).toFixed(1);
  console.log(`  ${whom}: ${Math.round(sum((cost) => cost.perSecond))} polls a second with their writes`);
  console.log(
    `    CPU: ${mean((cost) => cost.pollMicros)} µs a poll, ${mean((cost) => cost.writeMicros)} µs to write a device's contact; ${inPostgres} µs for both in PostgreSQL`,
  );
}

const laterReleases = [3, 4, 5, 6, 7];

async function timeToConverge({ services }: Rig, second: SecondNode): Promise<string> {
  const waits: number[] = [];
  for (const number of laterReleases) {
    const known = second.knowsReleaseOf(bundleName(number));
    await release(services, number);
    const releasedAtMs = Date.now();
    waits.push((await known) - releasedAtMs);
  }
  return `${waits.join(', ')} ms after its answer`;
}

/** Copies the rows of the first devices, with the ids and facts that the following ones would have. */
async function multiply(postgres: Postgres, first: number, devices: number): Promise<void> {
  await postgres.run(
    `
    -- Triggers and an index of trigrams cost far more row by row.
    SET session_replication_role = replica;
    DROP INDEX device_texts_by_trigram;
    CREATE TEMPORARY TABLE copies AS
      SELECT number, 'device-' || lpad(number::text, 6, '0') AS id, 'device-' || lpad((number % ${first})::text, 6, '0') AS original,
        'SN-' || number::bigint * 7919 AS serial,
        lpad(to_hex(number), 32, '0') AS machine_id,
        '00000000-0000-4000-8000-' || lpad(number::text, 12, '0') AS boot_id,
        format('127.%s.%s.%s', number >> 16 & 255, number >> 8 & 255, number & 255) AS address
      FROM generate_series(${first}, ${devices - 1}) AS number;
    INSERT INTO devices
      SELECT (jsonb_populate_record(devices, jsonb_build_object(
        'id', copies.id,
        'serial', copies.serial,
        'machine_id', copies.machine_id,
        'boot_id', copies.boot_id,
        'address', copies.address,
        'boards', jsonb_set(devices.boards::jsonb, '{boots,0}', devices.boards::jsonb #> '{boots,0}' || jsonb_build_object(
          'serial', copies.serial, 'machineId', copies.machine_id, 'bootId', copies.boot_id, 'address', copies.address))::text,
        'installation_id', CASE WHEN devices.installation_id IS NULL THEN NULL ELSE 1000000 + number END
      ))).*
      FROM copies JOIN devices ON devices.id = original;
    INSERT INTO installations
      SELECT (jsonb_populate_record(installations, jsonb_build_object('id', 1000000 + number, 'device', copies.id, 'from_boot_id', copies.boot_id))).*
      FROM copies JOIN devices ON devices.id = original JOIN installations ON installations.id = devices.installation_id;
    INSERT INTO device_certificates
      SELECT copies.id, to_hex(16777216 + number), first_seen_at, last_seen_at
      FROM copies JOIN device_certificates ON device = original;
    INSERT INTO device_texts SELECT devices.id, text_of_device(devices) FROM devices JOIN copies USING (id);
    CREATE INDEX device_texts_by_trigram ON device_texts USING gin (found_by gin_trgm_ops) WITH (gin_pending_list_limit = 256);
    SELECT setval('installation_ids', ${1_000_000 + devices})`,
    'bench',
  );
}
