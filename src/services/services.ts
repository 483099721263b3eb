import { type ActivateRelease, createActivateRelease } from './activate-release';
import type { InspectBundle } from './accept-bundle';
import { Catalog, type CatalogRecords } from './catalog';
import { createDeleteBundle, type DeleteBundle } from './delete-bundle';
import { importLegacyReleases, type ImportPorts } from './import-legacy';
import { createListBundles, type ListBundles } from './list-bundles';
import type { Log } from './log';
import { createManageTokens, type ManageTokens, type TokenPorts, type TokenRecords } from './manage-tokens';
import { createOfferUpdate, type OfferUpdate } from './offer-update';
import { createPublishBundle, type PublishBundle, type PublishFiles } from './publish-bundle';
import { createReadBundle, type ReadBundle, type ReadPorts } from './read-bundle';
import { type StartupProblem, takeOverFiles, type TakeOverPorts } from './take-over-files';
import { createWriteManifestFile } from './write-manifest-file';

/** What the use cases need from outside. A `Store` of `src/store` fits the first six. */
export interface ServicePorts {
  readonly records: CatalogRecords;
  readonly markers: ImportPorts['markers'];
  readonly tokens: TokenRecords;
  readonly files: PublishFiles & TakeOverPorts['files'] & ReadPorts['files'];
  readonly legacy: TakeOverPorts['legacy'] & ImportPorts['legacy'];
  readonly writeManifestFile: (text: string) => Promise<void>;
  /** `inspectBundle` of `src/rauc` under the configured profile. */
  readonly inspect: InspectBundle;
  /** Take bundles from signers outside the keyring. */
  readonly allowUntrusted: boolean;
  /** The default compatible; `null` when none is configured. */
  readonly configuredCompatible: string | null;
  /** What devices use to reach the server, without a slash at the end. */
  readonly baseUrl: () => string;
  readonly log: Log;
  readonly now: () => Date;
  readonly randomBytes: TokenPorts['randomBytes'];
}

/** The use cases that the doors share. */
export interface Services {
  readonly publishBundle: PublishBundle;
  readonly activateRelease: ActivateRelease;
  readonly deleteBundle: DeleteBundle;
  readonly listBundles: ListBundles;
  readonly manageTokens: ManageTokens;
  readonly readBundle: ReadBundle;
  readonly offerUpdate: OfferUpdate;
  /** What the start took over, and what it left alone and why. It is in the log too. */
  readonly startup: {
    readonly adopted: readonly string[];
    readonly released: readonly string[];
    readonly problems: readonly StartupProblem[];
  };
  /** Waits for the change that is running and closes files that nobody reads. Close the store after it. */
  close(): Promise<void>;
}

const idleMs = 5_000;

/**
 * Loads the catalog, takes over what lies in the data folder, and assembles the use cases on it.
 *
 * @example
 * ```ts
 * const store = await openStore(config.dataDir, { newName: randomUUID, pid: process.pid });
 * const services = await createServices({
 *   ...store, // records, markers, tokens, files, legacy, writeManifestFile
 *   inspect: (bytes) => inspectBundle(bytes, profile, new Date()),
 *   allowUntrusted: config.allowUntrusted,
 *   configuredCompatible: config.compatible ?? null,
 *   baseUrl: () => 'https://updates.example.com:8443',
 *   log,
 *   now: () => new Date(),
 *   randomBytes,
 * });
 * // at the end, after the listeners:
 * await services.close();
 * store.close();
 * ```
 * @throws DomainError `configuration` when the keyring is unusable, `storage-full`, `unavailable`
 */
export async function createServices(ports: ServicePorts): Promise<Services> {
  const { log, configuredCompatible } = ports;
  const catalog = await Catalog.load(ports.records);
  const startup = await start(ports, catalog);
  const changed = createWriteManifestFile({ ...ports, catalog });
  await changed();
  const shared = { ...ports, catalog, changed };
  const readBundle = createReadBundle({ catalog, files: ports.files, idleMs });
  log.info({ bundles: catalog.bundles().length, releases: catalog.releases().length }, 'catalog loaded');
  return {
    publishBundle: createPublishBundle(shared),
    activateRelease: createActivateRelease(shared),
    deleteBundle: createDeleteBundle(shared),
    listBundles: createListBundles(catalog, configuredCompatible),
    manageTokens: createManageTokens({ ...ports, records: ports.tokens }),
    readBundle,
    offerUpdate: createOfferUpdate(catalog, configuredCompatible),
    startup,
    async close() {
      await catalog.exclusively(() => Promise.resolve());
      await readBundle.close();
    },
  };
}

async function start(ports: ServicePorts, catalog: Catalog): Promise<Services['startup']> {
  const { log } = ports;
  const files = await takeOverFiles({ ...ports, catalog });
  for (const bundle of files.adopted) log.info({ bundle }, 'bundle taken over');
  const releases = await importLegacyReleases({ ...ports, catalog });
  for (const compatible of releases.released) log.info({ compatible }, 'release taken over');
  const problems = [...files.problems, ...releases.problems];
  for (const { path, message } of problems) log.warn({ path }, `${path}: ${message}`);
  return { adopted: files.adopted, released: releases.released, problems };
}
