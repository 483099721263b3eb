import { link, lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/files/system-error';
import { circumstance } from '../../core/circumstances/catalogue';
import type { LegacyFiles, LegacyJson } from '../../ports/legacy';
import { readOnlyNoFollow } from '../refuse-links';
import { storing } from '../storage-error';

const maxJsonSizeBytes = 1 << 20;

/** Files that an earlier server left next to the bundles in the data folder. Read, never changed. */
export function createLegacyFiles(dataDir: string): LegacyFiles {
  return {
    /** Notes from the upload of a bundle: `<name>.meta.json`, or without the `.raucb`. */
    notes: (bundleName: string): Promise<LegacyJson[]> =>
      storing(async () => {
        const stem = bundleName.replace(/\.raucb$/, '');
        const candidates = [`bundles/${bundleName}.meta.json`, `bundles/${stem}.meta.json`];
        return present(await Promise.all(candidates.map((name) => readJson(dataDir, name))));
      }),

    /** The old releases: `manifests/*.json`, then `manifest.json`. */
    manifests: (): Promise<LegacyJson[]> =>
      storing(async () => {
        const names = await readdir(path.join(dataDir, 'manifests')).catch((error: unknown) => {
          if (isAbsent(error)) return [];
          throw error;
        });
        const candidates = names.filter((name) => name.endsWith('.json')).sort();
        const found: (LegacyJson | undefined)[] = [];
        for (const name of candidates) found.push(await readJson(dataDir, `manifests/${name}`));
        found.push(await readJson(dataDir, 'manifest.json'));
        return present(found);
      }),

    /** Saves `manifest.json` as `manifest.json.legacy` before the server writes its own. */
    keepManifest: (): Promise<void> =>
      storing(async () => {
        const file = path.join(dataDir, 'manifest.json');
        await link(file, `${file}.legacy`).catch((error: unknown) => {
          if (!isAbsent(error) && systemErrorCode(error) !== 'EEXIST') throw error;
        });
      }),
  };
}

async function readJson(dataDir: string, name: string): Promise<LegacyJson | undefined> {
  const file = path.join(dataDir, name);
  try {
    const stats = await lstat(file);
    if (!stats.isFile()) return { path: name, problem: circumstance('legacy-not-plain') };
    if (stats.size > maxJsonSizeBytes)
      return { path: name, problem: circumstance('legacy-too-large', { maxBytes: maxJsonSizeBytes }) };
    const content: unknown = JSON.parse(await readFile(file, { encoding: 'utf8', flag: readOnlyNoFollow }));
    return { path: name, modifiedAt: stats.mtime, content };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (error instanceof SyntaxError) return { path: name, problem: circumstance('legacy-not-json') };
    const code = systemErrorCode(error) ?? 'unknown';
    return { path: name, problem: circumstance('file-unreadable', { code }) };
  }
}

function present(found: readonly (LegacyJson | undefined)[]): LegacyJson[] {
  return found.filter((json) => json !== undefined);
}

function isAbsent(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
