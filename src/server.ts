import { randomBytes, randomUUID } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import { version } from '../package.json';
import { runCli } from './cli/program';
import type { RunningServer, Wiring } from './cli/kernel/wiring';
import { type Config, deviceBaseUrl } from './config/config';
import { getOption, optionKeys } from './config/options';
import { showOption } from './config/shown-options';
import type { Revocation } from './core/certificate';
import { systemErrorCode } from './base/files/system-error';
import { DomainError } from './core/errors';
import type { Inspection } from './core/inspection';
import { isLoopback } from './base/text/loopback';
import { createAdminApp } from './http/admin/app';
import { EventStreams } from './http/admin/kernel/event-stream';
import { registerCertificateMetrics } from './http/admin/metrics/certificate-metrics';
import { registerConnectionMetrics } from './http/admin/metrics/connection-metrics';
import { startAdminServer } from './http/admin/server';
import { registerDeviceMetrics } from './http/device/kernel/metrics';
import { offeringProtocols } from './http/device/kernel/protocol';
import { deviceProtocols } from './http/device/protocols';
import { startDeviceServer } from './http/device/server';
import { createDeliverEvent } from './http/outbound/deliver-event';
import { createRefuseReceiver } from './http/outbound/guarded-lookup';
import { openCertificateFolder } from './pki/certificate-folder';
import { ensureCertificates } from './pki/ensure-certificates';
import { createJudgeDevice } from './pki/judge-device';
import { findOpenKeys } from './pki/key-modes';
import { readRevocations } from './pki/revocation-list';
import { coversHost } from './pki/server-names';
import { loadServerTls, type ServerTls } from './pki/server-tls';
import { watchCertificates } from './pki/watch-certificates';
import { BundleWorker } from './rauc/bundle-worker';
import { checkImages } from './rauc/check-images';
import { inspectBundle } from './rauc/inspect';
import { parseKeyring } from './rauc/keyring';
import { describeProfile, type VerificationProfile } from './rauc/profile';
import { type BundleSource, fileSource } from './rauc/source';
import { createAdministration } from './services/administration';
import { AskedNames } from './services/certificates/asked-names';
import { ServerCertificate, type ServerCertificateStatus } from './services/certificates/server-certificate';
import { createManageTokens } from './services/access/manage-tokens';
import { createServices, type Services } from './services/services';
import { watchCrashes } from './services/startup/watch-crashes';
import { openCrashFile } from './store/files/crash-file';
import { openStore, openTokenStore } from './store/store';

/** The composition root: the one file that knows every room and puts them together. */

const now = () => new Date();
const housekeepingEveryMs = 1_000;

/** Runs the command line; the process ends with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runCli(argv, createWiring());
}

function createWiring(): Wiring {
  return {
    serve,
    certificates: (config) => openCertificateFolder(config.certsDir, { now }),
    kitText: readKitText,
    tokens(config) {
      const store = openTokenStore(config.dataDir);
      const manageTokens = createManageTokens({ tokens: store.tokens, randomBytes, now });
      return { ...manageTokens, close: () => store.close() };
    },
    inspect,
    checkImages: (file, inspection, onProgress) =>
      withFile(file, (source) => checkImages(source, inspection, onProgress)),
  };
}

function readKitText(name: string): Promise<string> {
  return readFile(path.join(__dirname, '../bin/device-kit', name), 'utf8');
}

async function inspect(file: string, config: Config): Promise<Inspection> {
  const profile = await readProfile(config);
  return withFile(file, (source) => inspectBundle(source, profile, now()));
}

async function withFile<Result>(
  file: string,
  use: (source: BundleSource) => Promise<Result>,
): Promise<Result> {
  const handle = await open(file, 'r');
  try {
    return await use(fileSource(handle, (await handle.stat()).size));
  } finally {
    await handle.close();
  }
}

/** How devices verify bundles, as configured. @throws DomainError `configuration` */
async function readProfile(config: Config): Promise<VerificationProfile> {
  const anchorsPem = config.bundleKeyring === null ? null : await readKeyring(config.bundleKeyring);
  return {
    anchorsPem,
    purpose: config.bundlePurpose,
    allowPartialChain: config.bundlePartialChain,
    checkCrl: config.bundleCheckCrl,
    timeSource: config.bundleTimeSource,
    allowedSignerCns: config.bundleSignerCns,
  };
}

async function readKeyring(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8');
    parseKeyring(pem);
    return pem;
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError('configuration', `the keyring ${file} can't be read`, {
      cause,
      remedy: 'Set BUNDLE_KEYRING to the PEM file that your devices use as [keyring] path.',
    });
  }
}

async function serve(config: Config): Promise<RunningServer> {
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  const closing: ((graceMs: number) => unknown)[] = [];
  const closeAll = async (graceMs = config.shutdownGrace) => {
    for (const close of closing.splice(0).reverse()) await close(graceMs);
  };
  try {
    return await start(config, log, closing, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function start(
  config: Config,
  log: Logger,
  closing: ((graceMs: number) => unknown)[],
  closeAll: (graceMs?: number) => Promise<void>,
): Promise<RunningServer> {
  const profile = await readProfile(config);
  const trustTerms = describeProfile(profile);
  const hosts = config.serverUrl === null ? [] : [new URL(config.serverUrl).hostname];
  const made = await ensureCertificates(config.certsDir, { hosts, now });
  let tls = await loadServerTls(config.certsDir, { allowsExpired: true });
  let judgeDevice = createJudgeDevice(tls, config.oldCertificates);
  checkServerUrl(config, tls);
  const warnings = await warnOfOpenKeys(config, log);
  const revocations = await readRevocations(config.certsDir);
  let revoked = bySerial(revocations);

  const store = await openStore(config.dataDir, {
    newName: randomUUID,
    pid: process.pid,
    onUpgrade: ({ file, sizeBytes }) =>
      log.info({ file, sizeBytes }, 'the database is brought up to date: a large one takes minutes'),
    onError: (error) => log.error({ err: error }, 'what follows a commit failed; the commit stands'),
  });
  closing.push(() => store.close());
  const certificates = openCertificateFolder(config.certsDir, { now });
  const serverCertificate = new ServerCertificate<ServerTls>({
    inUse: () => tls,
    takeOver: (found) => takeOver(found),
    renew: () => certificates.renewServer(),
    askedNames: new AskedNames({ records: store.askedNames, log, now }),
    covers: coversHost,
    journal: store.journal,
    log,
    now,
  });
  closing.push(() => serverCertificate.close());
  await serverCertificate.run();
  if (serverCertificate.status().renewals.renewed > 0)
    tls = await loadServerTls(config.certsDir, { allowsExpired: true });
  const crashes = watchCrashes({ file: openCrashFile(config.dataDir), log, now });
  let { devicePort } = config; // 0 until the listener has one
  const baseUrl = () => deviceBaseUrl(config, devicePort);
  const worker = new BundleWorker({ profile });
  const imageWorker = new BundleWorker({ profile }); // no upload waits for it
  closing.push(() => Promise.all([worker.close(), imageWorker.close()]));
  const services = await createServices({
    store,
    inspect: (bytes) => worker.inspect(bytes, now()),
    judge: (bytes) => worker.judge(bytes, now()),
    checkImages: (bytes, inspection, signal) => imageWorker.checkImages(bytes, inspection, signal),
    trustTerms: () => trustTerms,
    allowUntrusted: config.allowUntrusted,
    fleetRules: {
      newDevices: config.newDevices === 'wait' ? 'waiting' : 'admitted',
      maxTries: config.maxTries,
      maxInterruptions: config.maxInterruptions,
      failAfterPolls: config.failAfterPolls,
      offerLifetimeMs: config.offerLifetime,
      lostAfterMs: config.lostAfter,
      rollbackWindowMs: config.rollbackWindow,
      eventRetentionMs: config.eventRetention,
      secondBoards: config.secondBoards,
    },
    sessionLifetimeMs: config.sessionLifetime,
    deliver: createDeliverEvent({ allowLocal: config.webhookAllowLocal, version, now }),
    refuseReceiver: createRefuseReceiver({ allowLocal: config.webhookAllowLocal }),
    lastCrash: crashes.last,
    configuredCompatible: config.compatible,
    baseUrl,
    protocols: offeringProtocols(deviceProtocols),
    log,
    now,
    randomBytes,
  });
  closing.push(() => services.close());
  const housekeeping = setInterval(() => {
    void services.runHousekeeping();
    void serverCertificate.run();
  }, housekeepingEveryMs);
  closing.push(() => clearInterval(housekeeping));
  const listeners: { close(graceMs: number): Promise<void> }[] = [];
  closing.push((graceMs) => Promise.all(listeners.map((listener) => listener.close(graceMs))));
  const isOpen = !isLoopback(config.adminHost);
  if (isOpen) checkTokens(config, services);
  const requireToken = isOpen || config.adminHosts.length > 0 || config.adminRequireToken;
  const lacksToken = requireToken && !services.manageTokens.exists();
  if (lacksToken) log.warn('the dashboard needs a token, and there is none: make one with `token create`');

  const devices = await startOnEvery(config.deviceHost, (host) =>
    startDeviceServer({
      host,
      port: config.devicePort,
      tls,
      services,
      baseUrl: config.serverUrl,
      certificateNames: () => tls.names,
      coversHost: (name) => coversHost(tls.names, name),
      noteName: (name) => serverCertificate.noteName(name),
      trustedProxies: config.trustedProxies,
      identify: (certificate) => judgeDevice(certificate),
      isRevoked: (serial) => revoked.has(serial),
      now,
      log,
      version,
    }),
  );
  devicePort = devices.address.port;
  listeners.push(devices);

  const takeOver = (found: ServerTls) => {
    refuseExpiredCa(tls, found);
    const next = serverCertificate.choose(found);
    checkServerUrl(config, next);
    if (next.cert === tls.cert && next.key === tls.key && next.ca === tls.ca) return;
    const judgeAnew = createJudgeDevice(next, config.oldCertificates);
    devices.reload(next);
    judgeDevice = judgeAnew;
    tls = next;
    log.info({ names: next.names, notAfter: next.summary.notAfter }, 'certificates taken over');
  };
  const watcher = watchCertificates(
    config.certsDir,
    {
      onTls: takeOver,
      onRevocations(list) {
        revoked = bySerial(list);
        log.info({ revoked: revoked.size, ended: devices.enforceRevocations() }, 'revocations taken over');
      },
      onError: (error) =>
        log.error({ err: error }, 'new certificates are not usable: the old ones stay in use'),
    },
    { initial: { tls, revocations } },
  );
  closing.push(() => watcher.close());

  const eventStreams = new EventStreams(services.readJournal);
  closing.push(() => eventStreams.close());
  const metrics = new Registry();
  registerDeviceMetrics(metrics, () => devices.counts());
  registerCertificateMetrics(metrics, () => serverCertificate.status());
  const administration = createAdministration({
    services,
    store,
    certificates,
    serverCertificate: () => serverCertificate.status(),
    oldCertificates: () => devices.oldCertificates(),
    revocationsInForce: {
      find: (serial) => revoked.get(serial),
      refresh: () => watcher.refreshRevocations(),
    },
    readKitText,
    facts: {
      version,
      nodeVersion: process.versions.node,
      sqliteVersion: store.sqliteVersion,
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
    adminHosts: config.adminHosts,
    requireToken,
    trustedProxies: config.trustedProxies,
    publicDir: path.join(__dirname, '../public'),
    version,
    metrics,
    eventStreams,
    health: () => ({ unsaved_devices: services.health().unsavedDevices }),
    log,
    now,
    newId: randomUUID,
  });
  const admin = await startOnEvery(config.adminHost, (host) =>
    startAdminServer(app, { host, port: config.adminPort, trustedProxies: config.trustedProxies }),
  ).catch((error: unknown) => {
    throw cannotListen(config, error);
  });
  registerConnectionMetrics(metrics, () => admin.counts());
  listeners.push(admin);

  closing.push(() => crashes.closed()); // a start that fails leaves the record as it is
  const adminUrl = `http://${urlHost(config.adminHost)}:${admin.address.port}/`;
  const deviceUrl = `${baseUrl()}/`;
  log.info({ adminUrl, deviceUrl, version }, 'listening');
  return {
    adminUrl,
    deviceUrl,
    certificateNames: tls.names,
    made,
    warnings: [...warnings, ...warnOfExpiry(serverCertificate.status())],
    lacksToken,
    crashed: crashes.note,
    close: closeAll,
  };
}

function bySerial(revocations: readonly Revocation[]): ReadonlyMap<string, Revocation> {
  return new Map(revocations.map((revocation) => [revocation.serial, revocation]));
}

/** A key that others may read is still the key: the start says it, and goes on. */
async function warnOfOpenKeys({ certsDir }: Config, log: Logger): Promise<readonly string[]> {
  const findings = await findOpenKeys(certsDir);
  for (const { path: key, remedy } of findings) {
    log.warn({ key, remedy }, 'others than its owner may read this key');
  }
  return findings.map(({ path: key, message, remedy }) => `${key}: ${message}. Run: ${remedy}`);
}

/** The start says it and goes on: on the admin listener people see what to do. */
function warnOfExpiry({ notAfter, renewalProblem }: ServerCertificateStatus): readonly string[] {
  if (renewalProblem === null) return [];
  const when = `${notAfter <= now() ? 'expired' : 'expires'} on ${notAfter.toISOString().slice(0, 10)}`;
  return [
    `The server certificate ${when} and cannot renew itself: ${renewalProblem.reason}. ${renewalProblem.remedy}`,
  ];
}

/** @throws DomainError `configuration`: the CAs before stay in use */
function refuseExpiredCa(inUse: ServerTls, found: ServerTls): void {
  if (found.caNotAfter > now() || inUse.caNotAfter <= now()) return;
  throw new DomainError('configuration', 'the CA in ca.crt has expired', {
    remedy: 'Make a new one with: cert ca --force, then a server certificate and device certificates.',
  });
}

/** @throws DomainError `configuration` */
function checkServerUrl({ serverUrl }: Config, { names }: ServerTls): void {
  if (serverUrl === null || coversHost(names, new URL(serverUrl).hostname.replace(/^\[|\]$/g, ''))) return;
  const { hostname } = new URL(serverUrl);
  throw new DomainError(
    'configuration',
    `the server certificate does not cover ${hostname}, the host of SERVER_URL`,
    {
      remedy: `It covers ${names.join(', ')}. Add it: rauc-simple-server cert server --name ${hostname} --force`,
    },
  );
}

/** @throws DomainError `configuration` */
function checkTokens({ adminHost }: Config, { manageTokens }: Services): void {
  if (manageTokens.exists()) return;
  throw new DomainError(
    'configuration',
    `ADMIN_HOST is ${adminHost}, not loopback, and there is no admin token`,
    {
      remedy:
        'Make one first: rauc-simple-server token create me --scope admin. Or leave ADMIN_HOST on 127.0.0.1.',
    },
  );
}

/** A machine without IPv6 has no address of both kinds: `::` then means every IPv4 address. */
async function startOnEvery<Server>(
  host: string,
  startOn: (host: string) => Promise<Server>,
): Promise<Server> {
  try {
    return await startOn(host);
  } catch (error) {
    const code = systemErrorCode(error instanceof DomainError ? error.cause : error);
    if (host !== '::' || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error;
    return startOn('0.0.0.0');
  }
}

function cannotListen({ adminHost, adminPort }: Config, cause: unknown): unknown {
  if (systemErrorCode(cause) === undefined) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DomainError(
    'configuration',
    `the admin listener can't use ${adminHost} port ${adminPort}: ${reason}`,
    {
      cause,
      remedy: 'Stop what uses it, or choose others with ADMIN_HOST and ADMIN_PORT.',
    },
  );
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIP(host) === 6 ? `[${host}]` : host;
}
