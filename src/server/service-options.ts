import { randomUUID } from 'node:crypto';
import { version } from '../../package.json';
import type { Config } from '../config/config';
import { createDeliverEvent } from '../http/outbound/deliver-event';
import { createRefuseReceiver } from '../http/outbound/guarded-lookup';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import { BundleWorker } from '../rauc/bundle-worker';
import { describeProfile, type VerificationProfile } from '../rauc/profile';
import type { FleetRules, ServicePorts } from '../services/service-ports';
import type { OpenBundlesElsewhere } from '../store/bundles-elsewhere';
import { openStore, type ServerStore } from '../store/store';
import type { Closing } from './closing';
import { loadObjectStore } from './load-object-store';
import type { ObjectStore, ObjectStoreParts } from './object-store';
import { openPostgres } from './open-postgres';

/** Opens the database and the data folder. @throws DomainError `configuration`, `storage-full`, `unavailable` */
export function openDataStore(
  { dataDir, databaseUrl: url, databaseDirectUrl: directUrl, bundleStore }: Config,
  log: Log,
  openBundles?: OpenBundlesElsewhere,
): Promise<ServerStore> {
  if (url !== null) return openPostgres({ url, directUrl, bundleStore }, dataDir, log, openBundles);
  return openStore(dataDir, {
    newName: randomUUID,
    pid: process.pid,
    onUpgrade: ({ file, sizeBytes }) =>
      log.info({ file, sizeBytes }, 'migrating the database: a large one takes minutes'),
    onError: (error) => log.error({ err: error }, 'what follows a commit failed; the commit stands'),
    diskThread: {},
    uploadThreads: {},
    openBundles,
  });
}

/** The object store that the configuration names, not yet opened; `undefined` if it names none. @throws DomainError `configuration` */
export async function prepareObjectStore(
  config: Config,
  parts: Omit<ObjectStoreParts, 'config' | 'address'>,
): Promise<ObjectStore | undefined> {
  const { bundleStore: address } = config;
  if (address === null) return undefined;
  return await loadObjectStore().ObjectStore.prepare({ config, address, ...parts });
}

/** Starts the threads that inspect bundles. */
export function startBundleWorkers(
  profile: VerificationProfile,
  closing: Closing,
  now: Clock,
): Pick<ServicePorts, 'inspect' | 'judge' | 'checkImages' | 'hashBundle' | 'trustTerms'> {
  const worker = new BundleWorker({ profile });
  const imageWorker = new BundleWorker({ profile }); // no upload waits for it
  closing.add(() => Promise.all([worker.close(), imageWorker.close()]));
  const trustTerms = describeProfile(profile);
  return {
    inspect: (bytes) => worker.inspect(bytes, now()),
    judge: (bytes) => worker.judge(bytes, now()),
    checkImages: (bytes, inspection, signal) => imageWorker.checkImages(bytes, inspection, signal),
    hashBundle: (bytes, signal) => imageWorker.hash(bytes, signal),
    trustTerms: () => trustTerms,
  };
}

export function fleetRulesOf(config: Config): FleetRules {
  return {
    newDevices: config.newDevices === 'wait' ? 'waiting' : 'admitted',
    maxTries: config.maxTries,
    maxInterruptions: config.maxInterruptions,
    failAfterPolls: config.failAfterPolls,
    offerLifetimeMs: config.offerLifetime,
    lostAfterMs: config.lostAfter,
    rollbackWindowMs: config.rollbackWindow,
    eventRetentionMs: config.eventRetention,
    secondBoards: config.secondBoards,
  };
}

/** The ports through which the server makes calls of its own. */
export function outboundPorts(
  { webhookAllowLocal: allowLocal }: Config,
  now: Clock,
): Required<Pick<ServicePorts, 'deliver' | 'refuseReceiver'>> {
  return {
    deliver: createDeliverEvent({ allowLocal, version, now }),
    refuseReceiver: createRefuseReceiver({ allowLocal }),
  };
}
