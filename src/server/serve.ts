import { calledAs } from '../base/text/called-as';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { version } from '../../package.json';
import type { RunningServer } from '../cli/kernel/wiring';
import { type Config, deviceBaseUrl } from '../config/config';
import { getOption, optionKeys } from '../config/options';
import { showOption } from '../config/shown-options';
import { bundleStoreHealth, nodeHealth } from '../http/admin/overview/service-status';
import { createAdminApp } from '../http/admin/app';
import { EventStreams } from '../http/admin/kernel/event-stream';
import { registerCertificateMetrics } from '../http/admin/metrics/certificate-metrics';
import { registerConnectionMetrics } from '../http/admin/metrics/connection-metrics';
import { registerBundleStoreMetrics } from '../http/admin/metrics/bundle-store-metrics';
import { registerCacheMetrics } from '../http/admin/metrics/cache-metrics';
import { registerNodeMetrics } from '../http/admin/metrics/node-metrics';
import { registerStorageMetrics } from '../http/admin/metrics/storage-metrics';
import { registerDeviceMetrics } from '../http/device/kernel/metrics';
import { offeringProtocols } from '../http/device/kernel/protocol';
import { openTokenKey } from '../pki/token-key';
import { createAdministration } from '../services/administration';
import { SteadyClock } from '../services/clock/steady-clock';
import { OldQuestions } from '../services/offers/old-questions';
import { createServices } from '../services/services';
import { CrashWatch } from '../services/startup/watch-crashes';
import type { ServerStore } from '../store/store';
import { openCrashFile } from '../store/files/crash-file';
import { decideAdminAccess } from './admin-access';
import { readProfile } from './read-profile';
import { Closing } from './closing';
import { findCertificates, warnOfExpiry } from './find-certificates';
import {
  adminUrlOf,
  deviceCounts,
  hawkbitUrlOf,
  listenForDevices,
  listenForHawkbit,
  listenForPeople,
  protocolsOf,
} from './listeners';
import { openLog } from './log';
import { publicDir, readKitText } from './package-files';
import { machineMemoryBytes } from '../base/machine/memory';
import {
  fleetRulesOf,
  openDataStore,
  prepareObjectStore,
  outboundPorts,
  startBundleWorkers,
} from './service-options';
import { ServingCertificates } from './serving-certificates';
import { openSharedCertificates } from './shared-certificates';

const housekeepingEveryMs = 1_000;
const beatEveryMs = 1_000;
/** How often event streams look for lines of other servers, in milliseconds. */
const sharedJournalMs = 1_000;

/** Starts the server. After a failure it closes whatever it opened. @throws DomainError `configuration` */
export async function serve(config: Config): Promise<RunningServer> {
  const log = openLog(config);
  const closing = new Closing();
  try {
    return await start(config, log, closing);
  } catch (error) {
    await closing.run(config.shutdownGrace);
    throw error;
  }
}

async function start(config: Config, log: Logger, closing: Closing): Promise<RunningServer> {
  const monotonicMs = () => performance.now();
  const clock = new SteadyClock({ wall: () => new Date(), monotonicMs });
  const { now } = clock;
  const profile = await readProfile(config);
  const foundAlone = config.databaseUrl === null ? await findCertificates(config, { log, now }) : undefined;
  const objectStore = await prepareObjectStore(config, { log, now, monotonicMs });
  closing.add(() => objectStore?.close());
  const store = await openDataStore(config, log, objectStore && ((records) => objectStore.open(records)));
  closing.add(() => store.close());
  closing.add(() => store.settle());
  const shared = await openSharedCertificates(store, monotonicMs);
  const found = foundAlone ?? (await findCertificates(config, { log, now, shared }));
  const certificates = await ServingCertificates.open({ config, found, shared, store, log, now });
  closing.add(() => certificates.close());
  const crashes = new CrashWatch({ file: openCrashFile(config.dataDir), log, now });
  let { devicePort } = config; // 0 until the listener has one
  const baseUrl = () => deviceBaseUrl(config, devicePort);
  const { inspect, judge, checkImages, hashBundle, trustTerms } = startBundleWorkers(profile, closing, now);
  const { deliver, refuseReceiver } = outboundPorts(config, now);
  const oldQuestions = new OldQuestions({
    monotonicMs,
    onStandstill: (durationMs) =>
      log.warn(
        { seconds: Math.round(durationMs / 1000) },
        'the process stood still: devices that asked meanwhile are told to ask again',
      ),
  });
  const beats = setInterval(() => oldQuestions.beat(), beatEveryMs);
  closing.add(() => clearInterval(beats));
  const services = await createServices({
    store,
    inspect,
    judge,
    checkImages,
    hashBundle,
    trustTerms,
    deliver,
    refuseReceiver,
    allowUntrusted: config.allowUntrusted,
    allowOpaque: config.hawkbitOpaqueFiles,
    fleetRules: fleetRulesOf(config),
    sessionLifetimeMs: config.sessionLifetime,
    bundleCacheBytes: Math.min(config.bundleCache, Math.floor(machineMemoryBytes() / 16)),
    lastCrash: crashes.last,
    chores: [...certificates.chores(), ...(objectStore?.chores() ?? [])],
    configuredCompatible: config.compatible,
    baseUrl,
    protocols: offeringProtocols(protocolsOf(config)),
    log,
    now,
    monotonicMs,
    clockDoubtMs: () => clock.doubtMs(),
    oldQuestions,
    randomBytes,
    sealing: openTokenKey(config.certsDir, { isReadOnly: shared !== undefined }),
  });
  const sureAt = services.serverClock.upTime.sureAt();
  if (sureAt !== null) clock.know(sureAt);
  closing.add(() => services.close());
  const housekeeping = setInterval(() => void services.runHousekeeping(), housekeepingEveryMs);
  closing.add(() => clearInterval(housekeeping));
  const listeners: { close(graceMs: number): Promise<void> }[] = [];
  closing.add((graceMs) => Promise.all(listeners.map((listener) => listener.close(graceMs))));
  const { requireToken, lacksToken } = await decideAdminAccess(config, services.manageTokens, log);

  const devices = await listenForDevices(config, { services, certificates, log, now });
  devicePort = devices.address.port;
  listeners.push(devices);
  const hawkbit = await listenForHawkbit(config, { services, certificates, log, now, devices });
  if (hawkbit !== null) listeners.push(hawkbit);
  certificates.watch({
    reload(tls) {
      devices.reload(tls);
      hawkbit?.reload(tls);
    },
    enforceRevocations: () => devices.enforceRevocations(),
  });

  const eventStreams = new EventStreams(services.readJournal, isShared(store) ? sharedJournalMs : undefined);
  closing.add(() => eventStreams.close());
  const metrics = new Registry();
  registerDeviceMetrics(metrics, () => deviceCounts(devices, hawkbit));
  registerCertificateMetrics(metrics, () => certificates.status());
  const administration = createAdministration({
    services,
    store,
    certificates: certificates.folder,
    serverCertificate: () => certificates.status(),
    oldCertificates: () => devices.oldCertificates(),
    revocationsInForce: certificates,
    readKitText,
    facts: {
      version,
      nodeVersion: process.versions.node,
      database: store.database,
      startedAt: now(),
      options: optionKeys
        .filter((key) => getOption(key).scope === 'server')
        .map((key) => showOption(config, key)),
    },
    deviceUrl: baseUrl,
    log,
    now,
  });
  const app = createAdminApp({
    services: { ...services, ...administration },
    deviceBaseUrl: baseUrl,
    serverUrl: config.serverUrl,
    uploadLimitBytes: config.uploadLimit,
    releaseDefaults: { steps: config.releaseSteps, pauseAtFailures: config.releasePauseAtFailures },
    hawkbitPollIntervalMs: config.ddiPollInterval,
    adminHosts: config.adminHosts,
    requireToken,
    trustedProxies: config.trustedProxies,
    publicDir,
    version,
    command: calledAs(process.argv[1]),
    metrics,
    eventStreams,
    health: () => ({
      unsaved_devices: services.health().unsavedDevices,
      ...bundleStoreHealth(objectStore?.status()),
      ...(isShared(store) ? nodeHealth(services.nodeStatus()) : {}),
    }),
    log,
    now,
    newId: randomUUID,
  });
  const admin = await listenForPeople(config, app);
  registerStorageMetrics(metrics, store.measureStorage);
  if (isShared(store)) registerNodeMetrics(metrics, services.nodeStatus);
  if (objectStore !== undefined) registerBundleStoreMetrics(metrics, () => objectStore.status());
  registerCacheMetrics(metrics, () => services.readBundle.cacheCounts());
  registerConnectionMetrics(metrics, () => admin.counts());
  listeners.push(admin);

  closing.add(() => crashes.closed()); // a start that fails leaves the record as it is
  const adminUrl = adminUrlOf(config, admin);
  const deviceUrl = `${baseUrl()}/`;
  const hawkbitUrl = hawkbit === null ? null : hawkbitUrlOf(config, hawkbit);
  log.info({ adminUrl, deviceUrl, ...(hawkbitUrl === null ? {} : { hawkbitUrl }), version }, 'listening');
  return {
    adminUrl,
    deviceUrl,
    hawkbitUrl,
    certificateNames: certificates.tls.names,
    made: found.made,
    warnings: [...found.warnings, ...warnOfExpiry(certificates.status(), now())],
    lacksToken,
    crashed: crashes.note,
    close: (graceMs = config.shutdownGrace) => closing.run(graceMs),
  };
}

/** Whether other servers may use the same database. */
function isShared({ database }: Pick<ServerStore, 'database'>): boolean {
  return database.name === 'PostgreSQL';
}
