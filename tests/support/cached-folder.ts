import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Change it when the same options should make something else. */
const edition = 3;
const root = path.join(tmpdir(), `rauc-simple-server-fixtures-${edition}`);

/**
 * A folder that `make` fills once per key, for all test runs of the machine. It is made aside and renamed, so that neither a second jest
 * worker nor a killed run leaves an incomplete one.
 */
export async function cachedFolder(
  kind: string,
  key: unknown,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 24);
  const folder = path.join(root, `${kind}-${digest}`);
  if (await exists(folder)) return folder;
  await mkdir(root, { recursive: true });
  const aside = await mkdtemp(path.join(root, 'part-'));
  try {
    await make(aside);
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!(await exists(folder))) throw error; // otherwise another worker was faster
  }
  return folder;
}

async function exists(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
