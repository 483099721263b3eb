import type { ListedCertificate } from '../../core/certificate';
import type { CertificateFolder } from '../../ports/certificates';
import type { DatabaseCondition, InstalledData } from '../../ports/installed-data';
import type {
  AdminGreeting,
  DeviceGreeting,
  DeviceTls,
  Endpoint,
  ProbeListeners,
  Silence,
  Stranger,
} from '../../ports/listener-probes';

export interface InstallationPorts {
  readonly data: Pick<InstalledData, 'readDatabase'>;
  readonly certificates: Pick<CertificateFolder, 'show'>;
  readonly probes: Pick<ProbeListeners, 'greetAdmin' | 'greetDevices'>;
  readonly isQuick: boolean;
  readonly adminUrl: string;
  readonly deviceEndpoint: Endpoint;
  /** The CA that a device would trust, and the certificate that it would present. */
  readonly deviceTls: () => Promise<DeviceTls>;
}

export interface ShownCertificate {
  readonly path: string;
  readonly fingerprint: string;
  readonly names: readonly string[];
}

export interface Listeners {
  readonly admin: AdminGreeting | Silence | Stranger;
  readonly device: DeviceGreeting | Silence | Stranger;
}

/** Data that several checks use; each is read once. */
export interface Installation {
  database(): Promise<DatabaseCondition>;
  listeners(): Promise<Listeners>;
  deviceTls(): Promise<DeviceTls>;
  /** The one in `server.crt`; `null` when none can be read, which the certificate check reports. */
  serverCertificate(): Promise<ShownCertificate | null>;
}

export function lookAtInstallation(ports: InstallationPorts): Installation {
  const { data, certificates, probes, isQuick, adminUrl, deviceEndpoint } = ports;
  const deviceTls = once(ports.deviceTls);
  return {
    database: once(() => data.readDatabase(isQuick)),
    deviceTls,
    listeners: once(async () => ({
      admin: await probes.greetAdmin(adminUrl),
      device: await probes.greetDevices(deviceEndpoint, await deviceTls()),
    })),
    serverCertificate: once(async () => {
      const [first] = await certificates.show('server').catch((): ListedCertificate[] => []);
      return first === undefined
        ? null
        : { path: first.path, fingerprint: first.certificate.fingerprint, names: first.certificate.names };
    }),
  };
}

function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= work());
}
