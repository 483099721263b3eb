import path from 'node:path';
import { readFile } from 'node:fs/promises';
import type { OldCertificatePolicy } from '../../src/core/certificate';
import { startDeviceServer, type DeviceServer, type DeviceServerOptions } from '../../src/http/device/server';
import type { DeviceTls } from '../../src/http/device/transport/tls-settings';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import type { CertificateFolder } from '../../src/ports/certificates';
import { createDescribeRefused } from '../../src/pki/describe-refused';
import { createJudgeDevice } from '../../src/pki/judge-device';
import { coversHost } from '../../src/pki/server-names';
import { loadServerTls } from '../../src/pki/server-tls';
import type { ReadBundle } from '../../src/services/catalog/read-bundle';
import type { FleetRules } from '../../src/services/service-ports';
import { temporaryFolder } from './programs';
import { openServices, type OpenedServices, type OpenServicesOptions } from './services';

/** Paths of PEM files. */
export interface ClientFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly facts: Record<string, unknown>;
  readonly message: string;
}

export interface DeviceListener extends OpenedServices {
  readonly server: DeviceServer;
  /** `https://localhost:<port>` */
  readonly url: string;
  readonly certsDir: string;
  readonly certificates: CertificateFolder;
  readonly lines: readonly LogLine[];
  readonly revoked: Set<string>;
  /** Serial numbers of the issued certificates, by device. */
  readonly serials: ReadonlyMap<string, string>;
  /** Issues a device certificate. */
  device(id: string, request?: { compatibles?: string[]; key?: 'ec' | 'rsa' }): Promise<ClientFiles>;
  tls(): Promise<DeviceTls>;
}

export interface ListenerOptions {
  readonly change?: Partial<DeviceServerOptions>;
  readonly compatible?: string;
  readonly fleetRules?: Partial<FleetRules>;
  /** Replaces the real one, for bundles that fit on no disk. */
  readonly readBundle?: ReadBundle;
  /** The services' clock; the real one if left out. */
  readonly now?: () => Date;
  /** Replaces parts of the store, for faults that cannot be produced otherwise. */
  readonly changeStore?: OpenServicesOptions['changeStore'];
  /** Replaces ports of the services. */
  readonly changePorts?: OpenServicesOptions['change'];
  readonly oldCertificates?: OldCertificatePolicy;
  /** Certificates of an earlier listener, to reuse. */
  readonly certsDir?: string;
  readonly dataDir?: string;
}

const open = new Set<DeviceListener>();

if (typeof afterAll === 'function')
  afterAll(async () => {
    await Promise.all([...open].map((listener) => listener.close()));
  });

/** The real listener on a free loopback port, with real services and certificates made by `src/pki`. */
export async function startDeviceListener(options: ListenerOptions = {}): Promise<DeviceListener> {
  const certsDir = options.certsDir ?? path.join(await temporaryFolder(), 'certs');
  const certificates = openCertificateFolder(certsDir, { now: () => new Date() });
  if (options.certsDir === undefined) {
    await certificates.createCa({});
    await certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1', '::1'] });
  }
  const now = options.now ?? (() => new Date());
  const opened = await openServices({
    certsDir,
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.compatible === undefined ? {} : { compatible: options.compatible }),
    ...(options.fleetRules === undefined ? {} : { fleetRules: options.fleetRules }),
    ...(options.changeStore === undefined ? {} : { changeStore: options.changeStore }),
    ...(options.changePorts === undefined ? {} : { change: options.changePorts }),
    now,
  });
  const names = (await loadServerTls(certsDir)).names;
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (facts: object, message: string) => {
    lines.push({ level, facts: facts as LogLine['facts'], message });
  };
  const revoked = new Set<string>();
  const serials = new Map<string, string>();
  const { oldCertificates = 'taken-over' } = options;
  let judge: ReturnType<typeof createJudgeDevice> | undefined;
  let describeRefused = createDescribeRefused((await loadServerTls(certsDir)).ca);
  const tls = async () => {
    const loaded = await loadServerTls(certsDir);
    judge = createJudgeDevice(loaded, oldCertificates);
    describeRefused = createDescribeRefused(loaded.ca);
    return loaded;
  };
  const server = await startDeviceServer({
    host: '127.0.0.1',
    port: 0,
    tls: await tls(),
    services: {
      ...opened.services,
      ...(options.readBundle === undefined ? {} : { readBundle: options.readBundle }),
    },
    baseUrl: null,
    certificateNames: () => names,
    coversHost: (host) => coversHost(names, host),
    identify: (x509) => judge?.(x509) ?? { ok: false, reason: 'the listener has no files yet' },
    describeRefused: (x509) => describeRefused(x509),
    isRevoked: (serial) => revoked.has(serial),
    now,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    version: '0.0.0-test',
    ...options.change,
  });
  const listener: DeviceListener = {
    ...opened,
    server,
    url: `https://localhost:${server.address.port}`,
    certsDir,
    certificates,
    lines,
    revoked,
    serials,
    tls,
    async device(id, request = {}) {
      const { certificate } = await certificates.createDevice({ id, ...request });
      serials.set(id, certificate.serial);
      return deviceFiles(certsDir, id);
    },
    async close() {
      open.delete(listener);
      await server.close(0);
      await opened.close();
    },
  };
  open.add(listener);
  return listener;
}

export function deviceFiles(certsDir: string, id: string): ClientFiles {
  const base = path.join(certsDir, 'devices', id);
  return { cert: `${base}.crt`, key: `${base}.key`, ca: path.join(certsDir, 'ca.crt') };
}

/** The files' contents, in the form that Node's clients take. */
export async function readClientFiles(files: ClientFiles) {
  const [cert, key, ca] = await Promise.all([files.cert, files.key, files.ca].map((file) => readFile(file)));
  return { cert, key, ca };
}
