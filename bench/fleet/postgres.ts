import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openPostgresStore } from '../../src/store/postgres-store';
import { launchPostgres, type Postgres } from '../../tests/support/postgres-server';
import { cpuSeconds } from '../process-figures';
import { countRollout, look } from './looks';
import { poll } from './polls';
import { openRig, register, release } from './rig';

/** As on a small dedicated machine, and with every sync, which tests leave out. */
const settings = ['fsync=on', 'full_page_writes=on', 'shared_buffers=1GB', 'max_wal_size=4GB'];

/** This many devices make contact; the others are copies of their rows. */
const contacts = 200;

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
  const store = await openPostgresStore(await postgres.create('bench'), dataDir, {
    newName: randomUUID,
    pid: process.pid,
    node: { id: randomUUID(), name: 'bench', version: '0.0.0' },
    onOutdated: (error) => {
      throw error;
    },
  });
  const rig = await openRig(store, dataDir);
  await release(rig.services);
  const first = Math.min(devices, contacts);
  console.log(`  first contacts: ${Math.round(await register(rig.services, first))} a second`);
  rig.stopHousekeeping();
  await rig.services.runHousekeeping();
  if (devices > first) await multiply(postgres, first, devices);
  await postgres.run('VACUUM ANALYZE', 'bench');

  const server = Number(
    readFileSync(path.join(postgres.dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  const before = cpuSeconds([server]);
  const cost = await poll(rig.services, devices);
  const serverMicros = ((cpuSeconds([server]) - before) * 1e6) / cost.polls;
  console.log(`  polls: ${Math.round(cost.perSecond)} a second with their writes`);
  console.log(
    `  CPU: ${cost.pollMicros.toFixed(1)} µs a poll, ${cost.writeMicros.toFixed(1)} µs to write a device's contact; ${serverMicros.toFixed(1)} µs for both in PostgreSQL`,
  );
  console.log(`  memory: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
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

/** Copies the rows of the first devices, with the ids and facts that the following ones would have. */
async function multiply(postgres: Postgres, first: number, devices: number): Promise<void> {
  await postgres.run(
    `
    CREATE TEMPORARY TABLE copies AS
      SELECT number, 'device-' || lpad(number::text, 6, '0') AS id, 'device-' || lpad((number % ${first})::text, 6, '0') AS original
      FROM generate_series(${first}, ${devices - 1}) AS number;
    INSERT INTO devices
      SELECT (jsonb_populate_record(devices, jsonb_build_object(
        'id', copies.id,
        'serial', 'SN-' || number::bigint * 7919,
        'machine_id', lpad(to_hex(number), 32, '0'),
        'boot_id', '00000000-0000-4000-8000-' || lpad(number::text, 12, '0'),
        'address', format('127.%s.%s.%s', number >> 16 & 255, number >> 8 & 255, number & 255),
        'installation_id', CASE WHEN devices.installation_id IS NULL THEN NULL ELSE 1000000 + number END
      ))).*
      FROM copies JOIN devices ON devices.id = original;
    INSERT INTO installations
      SELECT (jsonb_populate_record(installations, jsonb_build_object('id', 1000000 + number, 'device', copies.id))).*
      FROM copies JOIN devices ON devices.id = original JOIN installations ON installations.id = devices.installation_id;
    INSERT INTO device_certificates
      SELECT copies.id, to_hex(16777216 + number), first_seen_at, last_seen_at
      FROM copies JOIN device_certificates ON device = original;
    SELECT setval('installation_ids', ${1_000_000 + devices})`,
    'bench',
  );
}
