import type { Crash } from '../../core/crash';
import type { Catalog } from '../catalog/catalog';
import type { ServicePorts } from '../service-ports';
import { DomainError } from '../../core/errors';
import { circumstance } from '../../core/circumstances/catalogue';
import { sayWhy } from '../../core/circumstances/sentences';
import { type Imported, importLegacyReleases } from './import-legacy';
import { type StartupProblem, takeOverFiles } from './take-over-files';

/** What a start imported, what it left alone, and why. */
export interface Startup {
  /** How the previous run ended, if by an uncaught exception. */
  readonly lastCrash: Crash | undefined;
  /** Bundles that were found in the folder and are now in the catalog. */
  readonly adopted: readonly string[];
  /** Compatibles whose release was made by an earlier server. */
  readonly released: readonly string[];
  readonly problems: readonly StartupProblem[];
}

/** Imports what is in the data folder, and logs it. @throws DomainError `configuration` */
export async function takeOver(ports: ServicePorts, catalog: Catalog): Promise<Startup> {
  const { store, inspect, allowUntrusted, lastCrash, log, now } = ports;
  const { bundles: storage, foundFiles, legacy, markers } = store;
  // If this runs only once the disk takes writes, uploads wait for it.
  const files = await catalog.exclusively(() =>
    takeOverFiles({ catalog, storage, foundFiles, legacy, inspect, allowUntrusted }),
  );
  for (const bundle of files.adopted) log.info({ bundle }, 'bundle taken over');
  const releases = await importLegacyReleases({ catalog, legacy, markers, now }).catch(leftForLater);
  for (const compatible of releases.released) log.info({ compatible }, 'release taken over');
  const problems = [...files.problems, ...releases.problems];
  for (const { path, message } of problems)
    log.warn({ path, reason: message }, `${path}: ${sayWhy(message)}`);
  return { lastCrash, adopted: files.adopted, released: releases.released, problems };
}

/** Even with a full disk the server serves devices. @throws errors that are not about the disk */
function leftForLater(error: unknown): Imported {
  if (!(error instanceof DomainError) || (error.code !== 'storage-full' && error.code !== 'unavailable'))
    throw error;
  return {
    released: [],
    problems: [{ path: 'manifest.json', message: circumstance('not-taken-over', { why: error.message }) }],
  };
}
