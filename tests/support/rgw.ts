import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { freePort, isListening } from './loopback-ports';
import { eventually } from './eventually';

/** Ceph's programs, unpacked by tests/setup.sh into a folder that they see as the root of all files. */
const root =
  process.env['RGW_DIR'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'rauc-simple-server/rgw');

/** A real object store: Ceph's S3 gateway, with an empty Ceph behind it. */
export interface Rgw {
  readonly endpoint: string;
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const servers: (() => Promise<void>)[] = [];

/** Starts one, which takes 15 seconds; it ends with this process at the latest. */
export async function startRgw(): Promise<Rgw> {
  if (!existsSync(path.join(root, 'usr/bin/radosgw')))
    throw new Error("Ceph's gateway is not installed: run npm run test:setup");
  if (process.getuid?.() !== 0) throw new Error("Ceph's gateway runs in a chroot, which only root may enter");
  const [port, monitorPort] = [await freePort(), await freePort()];
  await mkdir(path.join(root, 'srv/rgw'), { recursive: true });
  const folder = await mkdtemp(path.join(root, 'srv/rgw/'));
  const home = folder.slice(root.length);
  const template = await readFile(path.join(__dirname, 'rgw/ceph.conf'), 'utf8');
  const filled = template
    .replaceAll('HOME', home)
    .replaceAll('CLASSES', classesFolder())
    .replaceAll('MON_PORT', String(monitorPort))
    .replaceAll('PORT', String(port));
  await writeFile(path.join(folder, 'ceph.conf'), filled);
  await copyFile(path.join(__dirname, 'rgw/start.sh'), path.join(folder, 'start.sh'));
  const keys = { accessKeyId: 'ACCESSKEYOFTESTS', secretAccessKey: 'secret/of+tests' };
  const script = [`${home}/start.sh`, home, String(monitorPort), keys.accessKeyId, keys.secretAccessKey];
  // Of a session of its own: it ends when its input does, also when this process is killed, and not by a signal to all.
  const shell = spawn('chroot', [root, '/bin/bash', ...script], { detached: true });
  const said: Buffer[] = [];
  let hasStarted = false;
  shell.stderr.on('data', (piece: Buffer) => said.push(piece));
  shell.stdout.on('data', () => {
    hasStarted = true;
  });
  const ended = new Promise<void>((resolve) => shell.once('close', () => resolve()));
  servers.push(async () => {
    shell.stdin.end();
    await ended;
  });
  await eventually(async () => {
    if (shell.exitCode !== null)
      throw new Error(`the gateway did not start: ${Buffer.concat(said).toString()}`);
    return hasStarted && (await isListening(port));
  });
  return { endpoint: `http://127.0.0.1:${port}`, port, ...keys };
}

function classesFolder(): string {
  const libraries = path.join(root, 'usr/lib');
  const found = readdirSync(libraries).find((name) =>
    existsSync(path.join(libraries, name, 'rados-classes')),
  );
  if (found === undefined) throw new Error(`there is no rados-classes in ${libraries}`);
  return `/usr/lib/${found}/rados-classes`;
}

afterAll(async () => {
  for (const stop of servers.splice(0)) await stop();
});
