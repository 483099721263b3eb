import { isIP } from 'node:net';
import type { Express } from 'express';
import { version } from '../../package.json';
import { systemErrorCode } from '../base/files/system-error';
import type { Config } from '../config/config';
import { DomainError } from '../core/errors';
import { type AdminServer, startAdminServer } from '../http/admin/server';
import type { DdiOptions } from '../http/device/ddi/ddi';
import { type HawkbitServer, startHawkbitServer } from '../http/device/hawkbit/server';
import {
  type DeviceCounts,
  type DeviceServer,
  type DeviceServerOptions,
  startDeviceServer,
} from '../http/device/server';
import type { Protocol } from '../http/device/kernel/protocol';
import { createDeviceProtocols } from '../http/device/protocols';
import type { Services } from '../services/services';
import type { Clock } from '../ports/clock';
import { certificateInSession } from '../pki/session-certificate';
import type { ServingCertificates } from './serving-certificates';

export interface DeviceListenerParts {
  readonly services: DeviceServerOptions['services'];
  readonly certificates: ServingCertificates;
  readonly log: DeviceServerOptions['log'];
  readonly now: Clock;
}

function ddiOf({ ddiDownloadAhead }: Config): DdiOptions {
  return { downloadsAhead: ddiDownloadAhead };
}

/** The protocols that devices may speak. */
export function protocolsOf(config: Config): readonly Protocol[] {
  return createDeviceProtocols({ ddi: ddiOf(config) });
}

export interface HawkbitListenerParts extends Omit<DeviceListenerParts, 'services'> {
  readonly services: Services;
  readonly devices: Pick<DeviceServer, 'shares'>;
}

/** @throws DomainError `configuration` */
export function listenForDevices(config: Config, parts: DeviceListenerParts): Promise<DeviceServer> {
  const { services, certificates, log, now } = parts;
  return startOnEvery(config.deviceHost, (host) =>
    startDeviceServer({
      host,
      port: config.devicePort,
      tls: certificates.tls,
      sharesTickets: config.databaseUrl !== null,
      services,
      baseUrl: config.serverUrl,
      protocols: protocolsOf(config),
      pollIntervalMs: config.ddiPollInterval,
      certificateNames: () => certificates.tls.names,
      coversHost: (name) => certificates.coversHost(name),
      noteName: (name) => certificates.noteName(name),
      trustedProxies: config.trustedProxies,
      proxyProtocolFrom: config.proxyProtocolFrom,
      describeRefused: (certificate) => certificates.describeRefused(certificate),
      certificateInSession,
      identify: (certificate) => certificates.identify(certificate),
      isRevoked: (serial) => certificates.isRevoked(serial),
      knowsRevocations: () => certificates.knowsRevocations(),
      now,
      log,
      version,
    }),
  );
}

/** @returns `null` when it is off. @throws DomainError `configuration`, also when tokens are stored that cannot be read */
export async function listenForHawkbit(
  config: Config,
  { services, certificates, log, now, devices }: HawkbitListenerParts,
): Promise<HawkbitServer | null> {
  const { hawkbitPort: port, hawkbitHost, hawkbitScheme, trustedProxies, hawkbitAuthorities } = config;
  if (port === null) return null;
  await services.deviceTokens.prove();
  const server = await startOnEvery(hawkbitHost, (host) =>
    startHawkbitServer({
      host,
      port,
      tls: hawkbitScheme === 'http' ? null : certificates.tls,
      shares: devices.shares,
      services,
      deviceTokens: services.deviceTokens,
      authorities: hawkbitAuthorities,
      ddi: ddiOf(config),
      trustedProxies,
      pollIntervalMs: config.ddiPollInterval,
      certificateNames: () => certificates.tls.names,
      coversHost: (name) => certificates.coversHost(name),
      noteName: (name) => certificates.noteName(name),
      now,
      log,
      version,
    }),
  );
  services.deviceTokens.whenRevoked((deviceId) => server.expel(deviceId));
  return server;
}

/** The counts of both listeners for devices, added up. */
export function deviceCounts(devices: DeviceServer, hawkbit: HawkbitServer | null): DeviceCounts {
  const counts = devices.counts();
  if (hawkbit === null) return counts;
  const more = hawkbit.counts();
  return {
    ...counts,
    connections: counts.connections + more.connections,
    openRequests: counts.openRequests + more.openRequests,
    replacedConnections: counts.replacedConnections + more.replacedConnections,
    waitingConnections: counts.waitingConnections + more.waitingConnections,
    handshakes: counts.handshakes + more.handshakes,
  };
}

export function hawkbitUrlOf(config: Config, { address }: HawkbitServer): string {
  return `${config.hawkbitScheme}://${urlHost(config.hawkbitHost)}:${address.port}/`;
}

/** @throws DomainError `configuration` */
export async function listenForPeople(config: Config, app: Express): Promise<AdminServer> {
  const { adminHost, adminPort: port, trustedProxies } = config;
  try {
    return await startOnEvery(adminHost, (host) => startAdminServer(app, { host, port, trustedProxies }));
  } catch (error) {
    throw cannotListen(config, error);
  }
}

export function adminUrlOf({ adminHost }: Config, { address }: AdminServer): string {
  return `http://${urlHost(adminHost)}:${address.port}/`;
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
  return DomainError.of('admin-port-unusable', { adminHost, adminPort, reason }, { cause });
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIP(host) === 6 ? `[${host}]` : host;
}
