import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { InstalledData } from '../ports/installed-data';
import { openBundleFile } from './files/bundle-file';
import { ifThere } from './files/if-there';
import { inspectModes } from './files/inspect-modes';
import { measureStorage } from './files/storage-usage';
import { knownSchema, readBundles, readCondition } from './sqlite/read-condition';

/** Reads a data folder as it is on the disk. Creates, changes and locks nothing. */
export function openInstalledData(dataDir: string): InstalledData {
  const file = path.join(dataDir, 'server.db');
  const bundles = path.join(dataDir, 'bundles');
  return {
    knownSchema,
    readDatabase: (isQuick) => Promise.resolve(readCondition(dataDir, file, isQuick)),
    listBundles: () => Promise.resolve(readBundles(file)),
    listFiles: async () =>
      ((await ifThere(() => readdir(bundles))) ?? []).sort().filter((name) => !name.startsWith('.')),
    openBundle: ({ name }) => ifThere(() => openBundleFile(path.join(bundles, name))),
    bundlePlace: ({ name }) => path.join(bundles, name),
    inspectModes: () => inspectModes(dataDir),
    measureStorage: () => ifThere(() => measureStorage(dataDir)),
  };
}
