import { setTimeout as delay } from 'node:timers/promises';
import { SharedRun } from '../base/collections/shared-run';
import type { ChoreStatus } from '../core/chore';
import type { DomainError } from '../core/errors';
import type { InstallationState } from '../core/installation-states';
import type { ReleaseResults } from '../ports/catalog';
import type { MonotonicClock } from '../ports/clock';
import type { FleetListing } from '../ports/fleet-queries';
import type { ReadJournal } from '../ports/journal';
import type { NodeStatus } from '../ports/nodes';
import { type AccessServices, createAccessServices } from './access/access-services';
import { Catalog } from './catalog/catalog';
import { createFindAgain } from './catalog/find-again';
import { ServerClock } from './clock/server-clock';
import { type CatalogServices, createCatalogServices } from './catalog/catalog-services';
import { RefusedCertificateList, type RefusedCertificates } from './certificates/refused-certificates';
import { createManageDevices, type ManageDevices } from './devices/manage-devices';
import { createFindLost } from './devices/find-lost';
import { type Silence, silenceAfter } from './devices/silence';
import { createHawkbitServices, type HawkbitServices } from './hawkbit/hawkbit-services';
import { fleetChores } from './housekeeping';
import { createOfferServices, type OfferServices } from './offers/offer-services';
import { createSuspendOffers } from './offers/suspend-offers';
import { type FleetHistory, FleetSnapshots } from './overview/fleet-history';
import { BudgetExcesses, type OverBudget } from './overview/over-budget';
import { StorageWatch } from './overview/watch-storage';
import { WritabilityWatch } from './overview/watch-writability';
import { createRolloutServices, type RolloutServices } from './rollouts/rollout-services';
import { ChoreRunner } from './run-chores';
import type { ServicePorts } from './service-ports';
import { type Startup, takeOver } from './startup/take-over';
import { RestoreWatch, type WatchRestores } from './startup/watch-restores';
import { createWebhookServices, type WebhookServices } from './webhooks/webhook-services';

export interface ServiceHealth {
  /** Devices whose last changes could not be written; they are still answered. */
  readonly unsavedDevices: number;
  /** Why the last write failed, until one succeeds; `null` when none did. */
  readonly writeProblem: DomainError | null;
}

/** The use cases that all listeners share. */
export interface Services
  extends AccessServices, CatalogServices, RolloutServices, OfferServices, HawkbitServices, WebhookServices {
  /** Names the database, as it was when the server started. */
  readonly databaseId: string;
  readonly releaseResults: ReleaseResults;
  readonly watchRestores: WatchRestores;
  readonly overBudget: OverBudget;
  readonly silence: Silence;
  readonly refusedCertificates: RefusedCertificates;
  readonly serverClock: Pick<ServerClock, 'trouble' | 'upTime'>;
  /** When the disk will be full if it keeps growing; `null` when unknown. */
  readonly daysUntilFull: (freeBytes: number) => number | null;
  readonly manageDevices: ManageDevices;
  readonly listFleet: FleetListing;
  readonly fleetHistory: FleetHistory;
  readonly readJournal: ReadJournal;
  /** How many installations have come to each state since the start. */
  readonly installationsReached: () => ReadonlyMap<InstallationState, number>;
  /** The health of the services, for probes and metrics. */
  health(): ServiceHealth;
  /**
   * Does the work that is due, such as writing batched changes and finding lost installations. Call it about once a second; it
   * never rejects.
   */
  runHousekeeping(): Promise<void>;
  /** The status of each chore of housekeeping. */
  readonly chores: () => readonly ChoreStatus[];
  /** The status of this server among those that share the store. */
  readonly nodeStatus: () => NodeStatus;
  /** What was imported at the start, what was left alone, and why. Also in the log. */
  readonly startup: Startup;
  /** Waits for the running change and closes unused files. Close the store afterwards. */
  close(): Promise<void>;
}

/**
 * Loads the catalog, imports what is in the data folder, and assembles the use cases.
 *
 * @example
 * ```ts
 * const store = await openStore(config.dataDir, { newName: randomUUID, pid: process.pid });
 * const services = await createServices({ store, inspect, judge, checkImages, trustTerms, ... });
 * // at the end, after the listeners:
 * await services.close();
 * store.close();
 * ```
 * @throws DomainError `configuration` when the keyring is unusable, `storage-full`, `unavailable`
 */
export async function createServices(ports: ServicePorts): Promise<Services> {
  const { store, fleetRules, log, now, randomBytes } = ports;
  const monotonicMs = ports.monotonicMs ?? (() => performance.now());
  const { devices, listing, journal, restores, databaseMarker } = store;
  const serverClock = await startServerClock(ports, monotonicMs);
  const { upTime, retention } = serverClock;
  const watchRestores = await RestoreWatch.start({
    restores,
    databaseMarker,
    journal,
    randomBytes,
    log,
    now,
  });
  const catalog = await Catalog.load(store.catalog);
  const startup = await takeOver(ports, catalog);
  let isTakenOver = store.writability.problem() === null;
  const catalogServices = createCatalogServices(ports, catalog);
  const { bundleTrust, changed, judgeBundles, checkStoredImages, hashStoredBundles, listBundles } =
    catalogServices;
  await changed();
  const findAgain = new SharedRun(createFindAgain({ catalog, storage: store.bundles, log }));
  // What cannot be looked for now is looked for after the next change.
  catalog.whenReloaded(
    () =>
      void findAgain
        .start()
        .catch(() => undefined)
        .then(changed),
  );
  await judgeBundles.begin();

  const overBudget = new BudgetExcesses(now);
  const fleet = await store.openFleet({
    releaseIds: catalog.releaseIds(),
    offerLifetimeMs: fleetRules.offerLifetimeMs,
    log,
    now,
    ageMs: () => upTime.ageMs(),
    catchUp: (version) => catalog.catchUp(version),
    onRepeats: (deviceId) => overBudget.note({ deviceId }, 'journal'),
  });
  const rolloutServices = createRolloutServices(ports, { catalog, fleet, bundleTrust, upTime, changed });
  const { advanceRollouts, pauseUntrusted } = rolloutServices;
  const offerServices = createOfferServices(ports, {
    catalog,
    fleet,
    bundleTrust,
    watchRestores,
    advanceRollouts,
  });
  const { maxTries, eventRetentionMs, lostAfterMs } = fleetRules;
  const access = createAccessServices(ports, upTime, monotonicMs);
  const manageDevices = createManageDevices({
    catalog,
    bundleTrust,
    fleet,
    devices,
    maxTries,
    onForgotten: (id) => access.deviceTokens.forgotten(id),
    now,
  });
  const hawkbit = await createHawkbitServices(ports, {
    ...{ catalog, fleet, manageDevices },
    publishBundle: catalogServices.publishBundle,
    deleteBundle: catalogServices.deleteBundle,
    deviceTokens: access.deviceTokens,
    beginInstallation: offerServices.beginInstallation,
  });
  const suspend = createSuspendOffers({ catalog, manageDevices, listing, now });
  watchRestores.begin({ fleet, suspend });

  const webhookServices = createWebhookServices(ports, upTime);
  const { sendWebhooks } = webhookServices;
  const fleetHistory = new FleetSnapshots({ history: store.history, listing, retention, now });
  const watchStorage = new StorageWatch({
    measureStorage: store.measureStorage,
    listBundles,
    monotonicMs,
    log,
  });
  const watchWritability = new WritabilityWatch({
    writability: store.writability,
    async onHealed() {
      if (!isTakenOver) {
        await takeOver(ports, catalog);
        isTakenOver = store.writability.problem() === null;
      }
      await changed();
    },
    log,
  });
  const chores = fleetChores({
    fleet,
    findLost: createFindLost({ fleet, devices, upTime, lostAfterMs, now }),
    serverClock,
    advanceRollouts,
    fleetHistory,
    judgeBundles,
    checkStoredImages,
    hashStoredBundles,
    pauseUntrusted,
    sendWebhooks,
    watchRestores,
    watchStorage,
    watchWritability,
    journal,
    deliveries: store.deliveries,
    eventRetentionMs,
  });
  const housekeeping = new ChoreRunner({
    chores: [...chores, ...(ports.chores ?? [])],
    leadership: store.nodes,
    writeProblem: () => store.writability.problem(),
    log,
    now,
    monotonicMs,
    wait: (ms, signal) => delay(ms, undefined, { signal }),
  });
  store.nodes.report(() => catalog.version);
  const watchCatalog = store.catalog.watch(() => catalog.catchUp());
  const watchSettings = hawkbit.hawkbitSettings.watch();
  await watchRestores.settle();
  await pauseUntrusted().catch((error: unknown) => {
    log.error(
      { err: error },
      'rollouts of bundles that are not trusted could not be paused: it is tried again',
    );
  });
  log.info({ bundles: catalog.bundles().length, releases: catalog.releases().length }, 'catalog loaded');
  return {
    ...catalogServices,
    ...rolloutServices,
    ...offerServices,
    ...access,
    databaseId: watchRestores.databaseId,
    releaseResults: store.results,
    watchRestores,
    overBudget,
    silence: silenceAfter(lostAfterMs, upTime),
    refusedCertificates: new RefusedCertificateList({ journal, log, now }),
    serverClock,
    daysUntilFull: (freeBytes) => watchStorage.daysUntilFull(freeBytes),
    manageDevices,
    listFleet: listing,
    ...hawkbit,
    fleetHistory,
    readJournal: journal,
    ...webhookServices,
    installationsReached: () => fleet.reached(),
    health: () => ({ unsavedDevices: fleet.unsavedDevices(), writeProblem: store.writability.problem() }),
    runHousekeeping: () => housekeeping.run(),
    chores: () => housekeeping.statuses(),
    nodeStatus: () => ({ isLeader: store.nodes.isLeader(), catalogVersion: catalog.version }),
    startup,
    async close() {
      await checkStoredImages.close();
      await hashStoredBundles.close();
      await judgeBundles.close();
      await sendWebhooks.close();
      await housekeeping.close(); // waits for the look under way, or does a last one
      await catalog.idle();
      await watchCatalog.close();
      await watchSettings.close();
      await fleet.close();
      await upTime.save().catch(() => undefined); // at worst a minute of it is lost
      watchRestores.close();
      await watchRestores.settle();
      await catalogServices.readBundle.close();
    },
  };
}

function startServerClock(ports: ServicePorts, monotonicMs: MonotonicClock): Promise<ServerClock> {
  const { store, log, now, clockDoubtMs: doubtMs = () => null } = ports;
  return ServerClock.start({ store, now, monotonicMs, doubtMs, log });
}
