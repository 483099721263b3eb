import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { eventually } from './eventually';
import { isListening } from './loopback-ports';
import { mustRun } from './programs';

/** PostgreSQL refuses to run as root: then it runs as this user (`nobody`). */
const unprivileged = { uid: 65_534, gid: 65_534 };

export interface PostgresOptions {
  /** More lines for postgresql.conf. */
  readonly settings?: readonly string[];
  /** A loopback port that it also listens on, by TLS with this certificate. */
  readonly tls?: { readonly port: number; readonly certificate: string; readonly key: string };
  /** The size of a file system for a tablespace, in MiB. */
  readonly smallDiskMib?: number;
}

/** A real PostgreSQL in a temporary folder, which is reached by a socket there. */
export interface Postgres {
  /** The folder with its socket. */
  readonly socketFolder: string;
  /** Its data folder. */
  readonly dataFolder: string;
  /** Where that file system is, if there is one. */
  readonly smallDisk: string;
  /** @returns the address of a database */
  url(database: string): string;
  /** Creates a database. @returns its address */
  create(name: string): Promise<string>;
  /** Removes all rows of a database, as if it had just been migrated: making another one takes far longer. */
  empty(database: string): Promise<void>;
  /** Runs SQL as the superuser. */
  run(sql: string, database?: string): Promise<readonly unknown[]>;
  /** Stops it at once, and leaves its data. */
  stop(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Debian keeps each version in a folder of its own, which is not in the PATH. @throws Error when there is none */
export function postgresPrograms(): string {
  const folder = '/usr/lib/postgresql';
  const versions = existsSync(folder)
    ? readdirSync(folder)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const found = versions.find((version) => existsSync(path.join(folder, String(version), 'bin/initdb')));
  if (found === undefined) throw new Error('PostgreSQL is not installed: run npm run test:setup');
  return path.join(folder, String(found), 'bin');
}

/** Starts one; it ends with this process at the latest, but leaves its folder then. */
export async function launchPostgres({
  settings = [],
  tls,
  smallDiskMib,
}: PostgresOptions = {}): Promise<Postgres> {
  const programs = postgresPrograms();
  const folder = await mkdtemp(path.join(tmpdir(), 'rss-postgres-'));
  const dataFolder = path.join(folder, 'data');
  const smallDisk = path.join(folder, 'small');
  const user = process.getuid?.() === 0 ? unprivileged : undefined;
  await mkdir(dataFolder);
  if (smallDiskMib !== undefined) await mkdir(smallDisk);
  if (user !== undefined) for (const owned of [folder, dataFolder]) await chown(owned, user.uid, user.gid);
  const init = ['-D', dataFolder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await mustRun(path.join(programs, 'initdb'), init, { user, cwd: folder });
  if (tls !== undefined) {
    for (const [name, text] of [
      ['server.crt', tls.certificate],
      ['server.key', tls.key],
    ] as const) {
      const file = path.join(dataFolder, name);
      await writeFile(file, text, { mode: 0o600 });
      if (user !== undefined) await chown(file, user.uid, user.gid);
    }
  }
  const port = tls?.port ?? 5432;
  const listening = tls === undefined ? [] : ['listen_addresses=127.0.0.1', `port=${port}`, 'ssl=on'];
  const address = (database: string) => `postgres://postgres@localhost:${port}/${database}?host=${folder}`;
  let stop: () => Promise<void> = () => Promise.resolve();
  const start = async () => {
    const socket = { folder, port };
    const within = smallDiskMib === undefined ? undefined : onSmallDisk(smallDisk, smallDiskMib, user);
    stop = await startServer(programs, dataFolder, socket, user, [...listening, ...settings], within);
  };
  await start();
  const run = async (sql: string, database = 'postgres') => {
    const client = new Client({ host: folder, port, user: 'postgres', database });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows as unknown[];
    } finally {
      await client.end();
    }
  };
  const emptying = new Map<string, string>();
  return {
    socketFolder: folder,
    dataFolder,
    smallDisk,
    url: address,
    run,
    start,
    stop: () => stop(),
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
    async create(name) {
      await run(`CREATE DATABASE ${name}`);
      return address(name);
    },
    async empty(database) {
      const statement =
        emptying.get(database) ?? String((await run(selectEmptying, database)).map(textOf)[0]);
      emptying.set(database, statement);
      await run(statement, database);
    },
  };
}

/** Makes one text of many statements. References between tables are not looked at meanwhile. */
const selectEmptying = `
  SELECT 'SET session_replication_role = replica; ' || string_agg(one, '; ') AS text FROM (
    SELECT 'DELETE FROM ' || relname AS one FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'schema_version'
    UNION ALL
    SELECT 'ALTER SEQUENCE ' || relname || ' RESTART' FROM pg_class
      WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
  ) AS statements`;

function textOf(row: unknown): string {
  return (row as { readonly text: string }).text;
}

/** Without syncs: these tests stop the server, but not the machine. */
const quickSettings = ['fsync=off', 'full_page_writes=off', 'shared_buffers=32MB', 'max_connections=60'];

/** Runs a command as the server's user on a new small file system, which nobody else sees and which ends with it. */
function onSmallDisk(
  folder: string,
  sizeMib: number,
  user: typeof unprivileged | undefined,
): readonly string[] {
  const mount = `mount -t tmpfs -o mode=700,size=${sizeMib}m`;
  if (user === undefined) {
    const script = `${mount} tmpfs "$0"; exec unshare --user --map-user=1 "$@"`;
    return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-ec', script, folder];
  }
  const { uid, gid } = user;
  const become = `setpriv --reuid=${uid} --regid=${gid} --clear-groups`;
  const script = `${mount},uid=${uid},gid=${gid} tmpfs "$0"; exec ${become} "$@"`;
  return ['unshare', '--mount', 'sh', '-ec', script, folder];
}

async function startServer(
  programs: string,
  dataFolder: string,
  socket: { readonly folder: string; readonly port: number },
  user: typeof unprivileged | undefined,
  settings: readonly string[],
  within: readonly string[] | undefined,
): Promise<() => Promise<void>> {
  const all = [
    ...quickSettings,
    `unix_socket_directories=${socket.folder}`,
    'listen_addresses=',
    ...settings,
  ];
  const server = [
    ...(within ?? []),
    ...[path.join(programs, 'postgres'), '-D', dataFolder],
    ...all.flatMap((one) => ['-c', one]),
  ];
  // The shell ends it when its own input ends, so also when this process is killed.
  const script = '"$@" </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server';
  const said: Buffer[] = [];
  const starter = within === undefined ? user : undefined; // root mounts
  const shell = spawn('sh', ['-c', script, 'sh', ...server], { ...starter, cwd: socket.folder });
  shell.stderr.on('data', (piece: Buffer) => said.push(piece));
  const ended = new Promise<void>((resolve) => shell.once('close', () => resolve()));
  const stop = async () => {
    shell.stdin.end();
    await ended;
  };
  try {
    const file = path.join(socket.folder, `.s.PGSQL.${socket.port}`);
    await eventually(async () => {
      if (shell.exitCode !== null) throw new Error('it ended');
      return (await isListening(file)) && takesClients(socket);
    });
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start: ${Buffer.concat(said).toString()}`, { cause: error });
  }
  return stop;
}

/** While it starts it refuses them. */
async function takesClients({
  folder,
  port,
}: {
  readonly folder: string;
  readonly port: number;
}): Promise<boolean> {
  const client = new Client({ host: folder, port, user: 'postgres', database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
