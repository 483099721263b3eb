import type { Admission } from '../core/device';
import { type Crash, partLeftOut } from '../core/crash';
import type { InstallationState } from '../core/installation-states';
import { type ActivateRelease, createActivateRelease } from './catalog/activate-release';
import type { InspectBundle, JudgeSignature } from './catalog/accept-bundle';
import { type BundleTrust, createBundleTrust, type TrustTerms } from './catalog/bundle-trust';
import { Catalog, type CatalogRecords } from './catalog/catalog';
import {
  type CheckImages,
  type CheckStoredImages,
  createCheckStoredImages,
} from './catalog/check-stored-images';
import { type BundleUses, createDeleteBundle, type DeleteBundle } from './catalog/delete-bundle';
import { importLegacyReleases, type ImportPorts } from './startup/import-legacy';
import { createJudgeBundles, type JudgeBundles } from './catalog/judge-bundles';
import { createListBundles, type ListBundles } from './catalog/list-bundles';
import type { Log } from '../ports/log';
import { createManageSessions, type ManageSessions, type SessionRecords } from './access/manage-sessions';
import {
  createManageTokens,
  type ManageTokens,
  type TokenPorts,
  type TokenRecords,
} from './access/manage-tokens';
import { createAdvanceRollouts } from './rollouts/advance-rollouts';
import { createBeginInstallation } from './offers/begin-installation';
import { createDescribeRollout, type DescribeRollout } from './rollouts/describe-rollout';
import { createDeviceContacts, type SecondBoards } from './offers/device-contacts';
import { createExplainOffer, type ExplainOffer } from './offers/explain-offer';
import { Fleet } from './devices/fleet';
import type { HistoryRecords } from '../ports/history';
import { createFleetHistory, type FleetHistory } from './overview/fleet-history';
import type { FleetRecords } from '../ports/fleet-records';
import type { FleetListing } from '../ports/fleet-queries';
import { createManageDevices, type ManageDevices } from './devices/manage-devices';
import { createGoBack, type GoBack } from './rollouts/go-back';
import { createUndoRelease, type UndoRelease } from './rollouts/undo-release';
import type { ReleaseResults } from './rollouts/release-results';
import { createManageRollouts, type ManageRollouts } from './rollouts/manage-rollouts';
import type { WebhookRecords, DeliverEvent } from '../ports/webhooks';
import {
  createManageWebhooks,
  type ManageWebhooks,
  type ManageWebhooksPorts,
} from './webhooks/manage-webhooks';
import { createPauseUntrusted } from './rollouts/pause-untrusted';
import { createOfferUpdate, type OfferUpdate } from './offers/offer-update';
import { createOverBudget, type OverBudget } from './overview/over-budget';
import { createPreviewRelease, type PreviewRelease } from './rollouts/preview-release';
import { createPublishBundle, type PublishBundle, type PublishFiles } from './catalog/publish-bundle';
import type { JournalRecords, ReadJournal } from '../ports/journal';
import { createSendWebhooks, type SendWebhooks } from './webhooks/send-webhooks';
import { createReadBundle, type ReadBundle, type ReadPorts } from './catalog/read-bundle';
import { createRecordProgress, type RecordProgress } from './offers/record-progress';
import { createSilentPollers } from './offers/silent-pollers';
import { patiencePolls } from '../core/proof';
import { createRecordReport, type RecordReport } from './offers/record-report';
import { type StartupProblem, takeOverFiles, type TakeOverPorts } from './startup/take-over-files';
import { createSuspendOffers } from './offers/suspend-offers';
import { createHousekeeping } from './housekeeping';
import { createWatchRestores, type WatchRestores, type WatchRestoresPorts } from './startup/watch-restores';
import { createWriteManifestFile } from './catalog/write-manifest-file';

/** How the fleet is treated. */
export interface FleetRules {
  /** What a device is at its first contact, when nobody made it ahead. */
  readonly newDevices: Admission;
  /** How often a bundle may fail on a device before it is not offered there any more. */
  readonly maxTries: number;
  /** How often a reboot may interrupt the installation of a bundle on a device before it is not offered there any more. */
  readonly maxInterruptions: number;
  /** After so many polls of RAUC's own poller without a boot, what stopped has failed; 0 for never. */
  readonly failAfterPolls: number;
  /** How long a device may still ask for what it was told of, in milliseconds. */
  readonly offerLifetimeMs: number;
  /** After so long without a contact an installation counts as lost, in milliseconds. */
  readonly lostAfterMs: number;
  /** How long after its begin a boot into the old version counts as a rollback, in milliseconds. */
  readonly rollbackWindowMs: number;
  /** How long lines about what devices did stay in the journal, in milliseconds. */
  readonly eventRetentionMs: number;
  /** What happens to a second board that uses the certificate of another. */
  readonly secondBoards: SecondBoards;
}

/** What the use cases need from outside. A `Store` of `src/store` fits the first ten. */
export interface ServicePorts {
  readonly records: CatalogRecords;
  readonly fleet: FleetRecords & FleetListing & BundleUses;
  readonly history: HistoryRecords;
  readonly journal: JournalRecords;
  readonly webhooks: WebhookRecords;
  /** Sends one event to one receiver. */
  readonly deliver: DeliverEvent;
  readonly refuseReceiver?: ManageWebhooksPorts['refuseReceiver'];
  /** How the last run of the server ended, if it was an exception that nothing caught. */
  readonly lastCrash?: Crash | undefined;
  readonly results: ReleaseResults;
  readonly markers: ImportPorts['markers'];
  readonly restores: WatchRestoresPorts['restores'];
  readonly databaseMarker: WatchRestoresPorts['databaseMarker'];
  readonly tokens: TokenRecords;
  readonly sessions: SessionRecords;
  readonly files: PublishFiles & TakeOverPorts['files'] & ReadPorts['files'];
  readonly legacy: TakeOverPorts['legacy'] & ImportPorts['legacy'];
  readonly writeManifestFile: (text: string) => Promise<void>;
  /** `inspectBundle` of `src/rauc` under the configured profile. */
  readonly inspect: InspectBundle;
  /** `judgeSignature` of `src/rauc` under the configured profile. */
  readonly judge: JudgeSignature;
  /** `checkImages` of `src/rauc`. */
  readonly checkImages: CheckImages;
  /** What the configured profile makes verdicts depend on. */
  readonly trustTerms: () => TrustTerms;
  /** Take bundles from signers outside the keyring. */
  readonly allowUntrusted: boolean;
  readonly fleetRules: FleetRules;
  /** How long a browser stays signed in, in milliseconds; 12 hours when left out. */
  readonly sessionLifetimeMs?: number;
  /** The default compatible; `null` when none is configured. */
  readonly configuredCompatible: string | null;
  /** What devices use to reach the server, without a slash at the end. */
  readonly baseUrl: () => string;
  readonly log: Log;
  readonly now: () => Date;
  readonly randomBytes: TokenPorts['randomBytes'];
}

export interface ServiceHealth {
  /** Devices whose last changes could not be written; they are answered all the same. */
  readonly unsavedDevices: number;
}

/** The use cases that all listeners share. */
export interface Services {
  readonly publishBundle: PublishBundle;
  readonly activateRelease: ActivateRelease;
  readonly goBack: GoBack;
  readonly undoRelease: UndoRelease;
  readonly releaseResults: ReleaseResults;
  readonly previewRelease: PreviewRelease;
  readonly deleteBundle: DeleteBundle;
  readonly listBundles: ListBundles;
  readonly manageTokens: ManageTokens;
  readonly manageSessions: ManageSessions;
  readonly readBundle: ReadBundle;
  readonly bundleTrust: BundleTrust;
  readonly judgeBundles: Pick<JudgeBundles, 'run'>;
  readonly checkStoredImages: Pick<CheckStoredImages, 'run'>;
  readonly pinnedBundles: BundleUses['pinnedBundles'];
  readonly offerUpdate: OfferUpdate;
  readonly watchRestores: WatchRestores;
  readonly recordProgress: RecordProgress;
  readonly recordReport: RecordReport;
  readonly overBudget: OverBudget;
  readonly explainOffer: ExplainOffer;
  readonly manageDevices: ManageDevices;
  readonly manageRollouts: ManageRollouts;
  readonly describeRollout: DescribeRollout;
  readonly listFleet: FleetListing;
  readonly fleetHistory: FleetHistory;
  readonly readJournal: ReadJournal;
  readonly manageWebhooks: ManageWebhooks;
  readonly sendWebhooks: SendWebhooks;
  /** How many installations have come to each state since the start. */
  readonly installationsReached: () => ReadonlyMap<InstallationState, number>;
  /** How the services are, for probes and metrics. */
  health(): ServiceHealth;
  /** Does what falls due: writes what is batched, finds what is lost. Call it about once a second; it never rejects. */
  runHousekeeping(): Promise<void>;
  /** What the start took over, and what it left alone and why. It is in the log too. */
  readonly startup: {
    /** How the run before ended, if it was an exception that nothing caught. */
    readonly lastCrash: Crash | undefined;
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
 *   ...store, // records, markers, tokens, sessions, files, legacy, writeManifestFile
 *   inspect: (bytes) => inspectBundle(bytes, profile, new Date()),
 *   judge: (bytes) => judgeSignature(bytes, profile, new Date()),
 *   checkImages: (bytes, inspection) => checkImages(bytes, inspection),
 *   trustTerms: () => describeProfile(profile),
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
  const watchRestores = await createWatchRestores(ports);
  const catalog = await Catalog.load(ports.records);
  const startup = await start(ports, catalog);
  const changed = createWriteManifestFile({ ...ports, catalog });
  await changed();
  const bundleTrust = createBundleTrust(ports);
  const pinnedBundles = () => ports.fleet.pinnedBundles();
  const judgeBundles = createJudgeBundles({ ...ports, catalog, bundleTrust, pinnedBundles });
  await judgeBundles.begin();
  const checkStoredImages = createCheckStoredImages({ ...ports, catalog, pinnedBundles });
  const shared = { ...ports, catalog, changed, bundleTrust, judgeBundles, checkStoredImages };
  const readBundle = createReadBundle({ catalog, files: ports.files, idleMs });
  const overBudget = createOverBudget(ports.now);
  const fleet = new Fleet({
    records: ports.fleet,
    releaseIds: catalog.releaseIds(),
    log,
    now: ports.now,
    onRepeats: (deviceId) => overBudget.note({ deviceId }, 'journal'),
  });
  const fleetServices = createFleetServices(shared, fleet, watchRestores);
  await watchRestores.settle();
  await fleetServices.pauseUntrusted();
  log.info({ bundles: catalog.bundles().length, releases: catalog.releases().length }, 'catalog loaded');
  return {
    publishBundle: createPublishBundle(shared),
    activateRelease: createActivateRelease(shared),
    goBack: createGoBack({ ...shared, fleet }),
    undoRelease: createUndoRelease({ ...shared, fleet }),
    releaseResults: ports.results,
    previewRelease: createPreviewRelease({ ...shared, listing: ports.fleet }),
    deleteBundle: createDeleteBundle({ ...shared, uses: ports.fleet }),
    listBundles: createListBundles(catalog, configuredCompatible),
    manageTokens: createManageTokens({ ...ports, records: ports.tokens }),
    manageSessions: createManageSessions({ ...ports, records: ports.sessions }),
    readBundle,
    bundleTrust,
    judgeBundles,
    checkStoredImages,
    pinnedBundles,
    overBudget,
    ...fleetServices,
    startup,
    async close() {
      await checkStoredImages.close();
      await judgeBundles.close();
      await fleetServices.sendWebhooks.close();
      await fleetServices.runHousekeeping(); // the one that runs, or a last one
      await catalog.exclusively(() => Promise.resolve());
      await fleet.close();
      watchRestores.close();
      await watchRestores.settle();
      await readBundle.close();
    },
  };
}

interface FleetPorts extends ServicePorts {
  readonly catalog: Catalog;
  readonly bundleTrust: BundleTrust;
  readonly judgeBundles: JudgeBundles;
  readonly checkStoredImages: CheckStoredImages;
}

function createFleetServices(ports: FleetPorts, fleet: Fleet, watchRestores: WatchRestores) {
  const { catalog, bundleTrust, now, fleetRules } = ports;
  const { rollbackWindowMs, failAfterPolls, lostAfterMs } = fleetRules;
  const proofRules = { rollbackWindowMs, failAfterPolls, patiencePolls, stalledAfterMs: lostAfterMs };
  const shared = { ...fleetRules, ...ports, records: ports.fleet, fleet, proofRules };
  const { counters } = fleet;
  const manageRollouts = createManageRollouts({ catalog, bundleTrust, fleet, now });
  const pauseUntrusted = createPauseUntrusted({ catalog, bundleTrust, manageRollouts });
  const advanceRollouts = createAdvanceRollouts({ ...shared, counters, manageRollouts });
  const contacts = createDeviceContacts(shared);
  const beginInstallation = createBeginInstallation(shared);
  const silentPollers = createSilentPollers();
  const sendWebhooks = createSendWebhooks({
    ...ports,
    isLeftOut: partLeftOut(ports.lastCrash) === 'webhooks',
    random: () => ports.randomBytes(4).readUInt32BE() / 2 ** 32,
  });
  const fleetHistory = createFleetHistory({ history: ports.history, listing: ports.fleet, now });
  const offerUpdate = createOfferUpdate({
    ...shared,
    contacts,
    beginInstallation,
    silentPollers,
    watchRestores,
    pauseReason: (release) => advanceRollouts.pauseReason(release),
  });
  const manageDevices = createManageDevices(shared);
  const suspend = createSuspendOffers({ catalog, manageDevices, listing: ports.fleet, now });
  watchRestores.begin({ fleet, suspend });
  return {
    offerUpdate,
    watchRestores,
    explainOffer: createExplainOffer({ fleet, offerUpdate }),
    recordProgress: createRecordProgress({ ...shared, contacts, beginInstallation, silentPollers }),
    recordReport: createRecordReport({ ...shared, contacts }),
    manageDevices,
    manageRollouts,
    pauseUntrusted,
    describeRollout: createDescribeRollout({ advanceRollouts, listing: ports.fleet, counters, now }),
    listFleet: ports.fleet,
    fleetHistory,
    installationsReached: () => fleet.counters.reached(),
    readJournal: ports.journal,
    manageWebhooks: createManageWebhooks(ports),
    sendWebhooks,
    runHousekeeping: createHousekeeping({
      ...shared,
      advanceRollouts,
      pauseUntrusted,
      sendWebhooks,
      fleetHistory,
      watchRestores,
      journal: ports.journal,
    }),
    health: () => ({ unsavedDevices: fleet.unsavedDevices() }),
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
  return { lastCrash: ports.lastCrash, adopted: files.adopted, released: releases.released, problems };
}
