import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client, DatabaseError } from 'pg';
import { type Database, openDatabase } from '../../src/store/postgres/database';
import { saveContact, saveInstallations } from '../../src/store/postgres/device-writes';
import { openPostgresStore } from '../../src/store/postgres-store';
import { findRecord } from '../../src/store/postgres/find-record';
import type { DeviceWrite } from '../../src/store/sqlite/fleet/fleet-records';
import type { OpenStore } from '../../src/store/store';
import { postgresUrl, templateDatabase } from './postgres-for-all';

/** Whether the services of this process keep their state in PostgreSQL. */
export const isOnPostgres = process.env['TEST_DATABASE'] === 'postgres';

const urls = new Map<string, Promise<string>>();

/** Opens the store of a data folder: the same database as before if it was opened earlier, also by a process that was killed. */
export async function openPostgresTestStore(dataDir: string): Promise<OpenStore> {
  const url = await databaseUrl(dataDir);
  const store = await openPostgresStore(url, dataDir, {
    newName: randomUUID,
    pid: process.pid,
    node: { id: randomUUID(), name: 'test', version: '1.0.0' },
    bundleStore: 's3://tests', // as if the folder were one
    onOutdated: (error) => {
      throw error;
    },
  });
  let opening: Promise<Database> | undefined;
  const beside = () => (opening ??= openDatabase(url, { maxReading: 1 }));
  const devices = {
    ...store.devices,
    write: async (write: DeviceWrite) => put(await beside(), write),
    find: async (id: string) => (await findRecord(await beside(), id)).record,
  };
  const close = async () => {
    await (await opening)?.close();
    await store.close();
  };
  return { ...store, devices, close } as unknown as OpenStore; // what else SQLite's has, no test of both may use
}

/** @returns the address of the database of a data folder, which is made if there is none yet */
export function databaseUrl(dataDir: string): Promise<string> {
  const making = urls.get(dataDir) ?? makeDatabase(dataDir, templateDatabase);
  urls.set(dataDir, making);
  return making;
}

/** Copies the database of a data folder whose server has stopped, for the copy of that folder. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const name = new URL(await databaseUrl(from)).pathname.slice(1);
  urls.set(to, makeDatabase(to, name));
  await urls.get(to);
}

/** Has a second server use the database of the first one, with a data folder of its own. */
export function shareDatabase(first: string, second: string): void {
  urls.set(second, databaseUrl(first));
}

/** Copied, which is quicker than making tables: as files, because writing pages to the log takes three times as long. */
async function makeDatabase(dataDir: string, template: string): Promise<string> {
  const name = `test_${createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 32)}`;
  const client = new Client(postgresUrl('postgres'));
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === '42P04')) throw error; // it exists
  } finally {
    await client.end();
  }
  return postgresUrl(name);
}

/** Rows as an earlier server may have left them. */
async function put(database: Database, { device, installations = [] }: DeviceWrite): Promise<void> {
  await database.transact(async (transaction) => {
    if (device !== undefined) await saveContact(transaction, device);
    await saveInstallations(transaction, installations);
  });
}
