import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';

/** The device's system, as QEMU takes it, and the packages that it and QEMU come from. */
export interface DeviceSystem {
  /** Debian's files, unpacked: QEMU lives there. */
  readonly root: string;
  readonly kernel: string;
  readonly initrd: string;
}

const recipes = path.join(__dirname, 'vm');
const cache = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'rauc-simple-server',
  'device-vm',
);
const keepUnusedMs = 14 * 24 * 3600 * 1000;

/**
 * Builds the device's system, or finds it in the cache: a folder's name holds the hash of the scripts that it was
 * made by, so a changed script builds again and two checkouts do not disturb each other.
 * @throws Error with the script's own words when it can't be built here
 */
export async function deviceSystem(): Promise<DeviceSystem> {
  const unpack = path.join(recipes, 'unpack-root.sh');
  const build = path.join(recipes, 'build-initrd.sh');
  const rootStamp = await hashOf([unpack]);
  const root = await cached(`root-${rootStamp}`, (folder) => script(unpack, [folder]));
  const systemStamp = await hashOf([unpack, build, ...(await filesBelow(path.join(recipes, 'overlay')))]);
  const system = await cached(`system-${systemStamp}`, (folder) => script(build, [root, folder]));
  await prune([path.basename(root), path.basename(system)]);
  return { root, kernel: path.join(system, 'vmlinuz'), initrd: path.join(system, 'initrd.cpio') };
}

/** Made aside and renamed: a killed or a second run never leaves half a folder. */
async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(cache, name);
  await mkdir(cache, { recursive: true });
  if (!(await exists(folder))) {
    const aside = await mkdtemp(path.join(cache, 'part-'));
    try {
      await make(aside);
      await rename(aside, folder);
    } catch (error) {
      await rm(aside, { recursive: true, force: true });
      if (!(await exists(folder))) throw error;
    }
  }
  const now = new Date();
  await utimes(folder, now, now);
  return folder;
}

/** Removes what no run has used for two weeks, and what a killed run left. */
async function prune(inUse: readonly string[]): Promise<void> {
  for (const name of await readdir(cache)) {
    const folder = path.join(cache, name);
    if (inUse.includes(name) || Date.now() - (await stat(folder)).mtimeMs < keepUnusedMs) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

function script(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe'] });
    let talk = '';
    child.stderr.on('data', (piece: Buffer) => (talk += piece.toString()));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${path.basename(program)} ended with ${code}:\n${talk}`)),
    );
  });
}

async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${path.relative(recipes, file)}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
