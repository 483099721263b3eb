import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from './eventually';
import { freePort, isListening } from './loopback-ports';
import type { Postgres } from './postgres-server';
import { pgbouncerProgram } from './proxy-programs';

const running: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const stop of running.splice(0)) await stop();
});

/**
 * Starts Debian's PgBouncer in front of a PostgreSQL.
 * @returns the address of a database through it
 */
export async function startPgBouncer(
  { socketFolder }: Pick<Postgres, 'socketFolder'>,
  mode: 'session' | 'transaction',
): Promise<(database: string) => string> {
  if (!existsSync(pgbouncerProgram)) throw new Error('PgBouncer is not installed: run npm run test:setup');
  const port = await freePort();
  const file = path.join(socketFolder, `pgbouncer-${port}.ini`);
  await writeFile(
    file,
    `[databases]
* = host=${socketFolder} port=5432 user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
`,
  );
  // The shell ends it when its own input ends, so also when this process is killed.
  const script = '"$@" </dev/null & server=$!; cat >/dev/null; kill -TERM $server; wait $server';
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []; // it refuses to stay root
  const shell = spawn('sh', ['-c', script, 'sh', pgbouncerProgram, ...user, file], { cwd: socketFolder });
  const said: Buffer[] = [];
  shell.stderr.on('data', (piece: Buffer) => said.push(piece));
  const ended = new Promise<void>((resolve) => shell.once('close', () => resolve()));
  running.push(async () => {
    shell.stdin.end();
    await ended;
  });
  await eventually(() => isListening(port), 20_000).catch((cause: unknown) => {
    throw new Error(`PgBouncer did not start: ${Buffer.concat(said).toString()}`, { cause });
  });
  return (database) => `postgres://postgres@127.0.0.1:${port}/${database}`;
}
