import { hostOfUrl } from '../base/text/host-of-url';
import { engines, version } from '../../package.json';
import { isLoopbackUrl } from '../base/text/loopback';
import type { Config } from '../config/config';
import type { Diagnosis } from '../core/doctor';
import { createIsTrustedProxy } from '../http/client-address';
import { createProbeListeners } from '../http/outbound/probe-listeners';
import { openCertificateFolder } from '../pki/certificate-folder';
import { deviceTlsOf } from '../pki/probe-tls';
import { coversHost } from '../pki/server-names';
import type { Clock } from '../ports/clock';
import type { InstalledData } from '../ports/installed-data';
import type { Endpoint } from '../ports/listener-probes';
import type { Check } from '../services/doctor/check';
import { bundlesCheck } from '../services/doctor/checks/bundles';
import { certificatesCheck } from '../services/doctor/checks/certificates';
import { clockCheck } from '../services/doctor/checks/clock';
import { databaseCheck } from '../services/doctor/checks/database';
import { handshakeCheck } from '../services/doctor/checks/handshake';
import { modesCheck } from '../services/doctor/checks/modes';
import { namesCheck } from '../services/doctor/checks/names';
import { portsCheck } from '../services/doctor/checks/ports';
import { proxiesCheck } from '../services/doctor/checks/proxies';
import { spaceCheck } from '../services/doctor/checks/space';
import { versionsCheck } from '../services/doctor/checks/versions';
import { type CheckProgress, examineInstallation } from '../services/doctor/examine-installation';
import { lookAtInstallation } from '../services/doctor/installation';
import { openInstalledData } from '../store/installed-data';
import { loadObjectStoreData } from './load-object-store';
import { loadPostgresStore } from './load-postgres';

const silenceLimitMs = 60_000;

/** No certificate has this name, so the server does not take it for one that devices use (RFC 6761, section 6.4). */
const nobodysName = 'doctor.invalid';

export interface DoctorRequest {
  /** Skips the checks that read every byte of every bundle. */
  readonly isQuick: boolean;
  readonly onProgress: (progress: CheckProgress) => void;
  readonly now: Clock;
}

/** Examines the installation that a configuration describes. */
export function examine(config: Config, { isQuick, onProgress, now }: DoctorRequest): Promise<Diagnosis> {
  return examineInstallation({ checks: checksOf(config, isQuick, now), silenceLimitMs, onProgress });
}

function checksOf(config: Config, isQuick: boolean, now: Clock): readonly Check[] {
  const { dataDir, certsDir, adminHosts, uploadLimit: uploadLimitBytes } = config;
  const data = installedDataOf(config);
  const certificates = openCertificateFolder(certsDir, { now });
  const probes = createProbeListeners();
  const [adminHost, deviceHost] = [config.adminHost, config.deviceHost].map(reachable);
  const at = { host: deviceHost ?? '', port: config.devicePort };
  const installation = lookAtInstallation({
    data,
    certificates,
    probes,
    isQuick,
    adminUrl: `http://${bracketed(adminHost ?? '')}:${config.adminPort}`,
    deviceEndpoint: {
      ...at,
      serverName: nobodysName,
      // A connection to an address of this machine comes from that address.
      takesProxyHeader: createIsTrustedProxy(config.proxyProtocolFrom)(at.host),
    },
    deviceTls: () => deviceTlsOf(certsDir),
  });
  const serverEndpoint = endpointOf(config);
  const device = `${at.host} port ${at.port}`;
  const facts = {
    program: version,
    node: process.versions.node,
    oldestNode: engines.node.replace('>=', ''),
    schema: data.knownSchema,
  };
  return [
    versionsCheck({ facts, installation }),
    modesCheck({ data }),
    spaceCheck({ dataDir, data, installation }),
    certificatesCheck({ certificates }),
    portsCheck({ admin: `${adminHost ?? ''} port ${config.adminPort}`, device, installation }),
    handshakeCheck({ at: device, installation }),
    namesCheck({ serverHost: serverEndpoint?.host ?? null, installation, probes, covers: coversHost, now }),
    proxiesCheck({
      serverEndpoint,
      adminProxy: adminProxyOf(config),
      adminHosts,
      uploadLimitBytes,
      installation,
      probes,
    }),
    databaseCheck({ installation }),
    clockCheck({ installation, now }),
    bundlesCheck({ dataDir, data, installation, isQuick }),
  ];
}

function installedDataOf(config: Config): InstalledData {
  const { dataDir, databaseUrl, bundleStore } = config;
  const data =
    databaseUrl === null
      ? openInstalledData(dataDir)
      : loadPostgresStore().openPostgresInstalledData(databaseUrl, dataDir);
  return bundleStore === null ? data : loadObjectStoreData().withObjectStore(data, config, bundleStore);
}

/** Turns an address to listen on into one to connect to. */
function reachable(host: string): string {
  return host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function endpointOf({ serverUrl }: Config): Endpoint | null {
  if (serverUrl === null) return null;
  const host = hostOfUrl(serverUrl);
  return { host, port: portOf(serverUrl), serverName: host };
}

function portOf(address: string): number {
  const { port, protocol } = new URL(address);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** `--server` may name the admin listener itself. */
function adminProxyOf({ server, adminPort, sources }: Config): string | null {
  const isOwn = server.startsWith('http:') && isLoopbackUrl(server) && portOf(server) === adminPort;
  return sources.server === 'default' || isOwn ? null : server;
}
