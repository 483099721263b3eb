import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import supertest from 'supertest';
import type { Revocation } from '../../../src/core/certificate';
import type { AdminOptions, AdminServices } from '../../../src/http/admin/kernel/admin-options';
import { EventStreams } from '../../../src/http/admin/kernel/event-stream';
import { type AdminServer, createAdminApp, startAdminServer } from '../../../src/http/admin/server';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { type AdministrationPorts, createAdministration } from '../../../src/services/administration';
import { type OpenedServices, openServices, type OpenServicesOptions } from '../../support/services';

export interface AdminListenerOptions extends OpenServicesOptions {
  readonly admin?: Partial<AdminOptions>;
  readonly stallTimeoutMs?: number;
  /** Replaces ports, for what can't be had otherwise. */
  readonly administration?: (ports: AdministrationPorts) => Partial<AdministrationPorts>;
  /** Beside the data folder when left out. */
  readonly certsDir?: string;
  /** Any free one when left out. */
  readonly port?: number;
  /** Services of another listener, which closes them; own ones when left out. */
  readonly opened?: OpenedServices;
  readonly changeServices?: (services: AdminServices) => Partial<AdminServices>;
}

export interface LoggedRequest {
  readonly level: string;
  readonly facts: Record<string, unknown>;
}

export interface AdminListener {
  readonly url: string;
  readonly port: number;
  readonly server: AdminServer;
  readonly opened: OpenedServices;
  readonly services: AdminServices;
  readonly certsDir: string;
  readonly http: ReturnType<typeof supertest>;
  readonly requests: readonly LoggedRequest[];
  /** What lies in the bundle folder and in its incoming area. */
  stored(): Promise<{ bundles: string[]; incoming: string[] }>;
  close(): Promise<void>;
}

const open = new Set<AdminListener>();

afterAll(async () => {
  await Promise.all([...open].map((listener) => listener.close()));
});

/** The real listener on a free port, with the real services on a real data folder. */
export async function openAdminListener(options: AdminListenerOptions = {}): Promise<AdminListener> {
  const opened = options.opened ?? (await openServices(options));
  const requests: LoggedRequest[] = [];
  const at = (level: string) => (facts: object) => {
    requests.push({ level, facts: facts as LoggedRequest['facts'] });
  };
  const eventStreams = new EventStreams(opened.services.readJournal);
  const now = options.admin?.now ?? (() => new Date(Date.UTC(2026, 0, 1)));
  const certsDir = options.certsDir ?? path.join(opened.dataDir, '../certs');
  const certificates = openCertificateFolder(certsDir, { now });
  let revoked: readonly Revocation[] = [];
  const ports: AdministrationPorts = {
    services: opened.services,
    store: opened.store,
    oldCertificates: () => [],
    certificates,
    revocationsInForce: {
      find: (serial) => revoked.find((one) => one.serial === serial),
      async refresh() {
        revoked = await certificates.revocations();
      },
    },
    readKitText: (name) => readFile(path.resolve(__dirname, '../../../bin/device-kit', name), 'utf8'),
    facts: {
      version: '9.8.7',
      nodeVersion: process.versions.node,
      database: opened.store.database,
      startedAt: new Date(Date.UTC(2026, 0, 1)),
      options: [],
    },
    deviceUrl: () => 'https://updates.test:8443',
    log: { info: at('info'), warn: at('warn'), error: at('error') },
    now,
  };
  const administration = createAdministration({ ...ports, ...options.administration?.(ports) });
  const services = { ...opened.services, ...administration };
  const app = createAdminApp({
    eventStreams,
    services: { ...services, ...options.changeServices?.(services) },
    deviceBaseUrl: () => 'https://updates.test:8443',
    uploadLimitBytes: 1 << 30,
    releaseDefaults: { steps: '5,25,100', pauseAtFailures: 3 },
    adminHosts: [],
    requireToken: false,
    publicDir: path.resolve(__dirname, '../../../public'),
    version: '9.8.7',
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    now,
    newId: randomUUID,
    ...options.admin,
  });
  const { stallTimeoutMs } = options;
  const server = await startAdminServer(app, {
    host: '127.0.0.1',
    port: options.port ?? 0,
    ...(stallTimeoutMs === undefined ? {} : { stallTimeoutMs }),
  });
  const { port } = server.address;
  const url = `http://127.0.0.1:${port}`;
  const listener: AdminListener = {
    url,
    port,
    server,
    opened,
    services,
    certsDir,
    http: supertest(url),
    requests,
    async stored() {
      const folder = path.join(opened.dataDir, 'bundles');
      return {
        bundles: (await readdir(folder)).filter((name) => name !== '.incoming'),
        incoming: await readdir(path.join(folder, '.incoming')),
      };
    },
    async close() {
      if (!open.delete(listener)) return;
      eventStreams.close();
      await server.close(0);
      if (options.opened === undefined) await opened.close();
    },
  };
  open.add(listener);
  return listener;
}

/** Sends bytes over a plain connection, and gives back what came until the server closed it. */
export function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const received: Buffer[] = [];
    socket.on('data', (piece) => received.push(piece));
    socket.once('error', reject);
    socket.once('close', () => {
      resolve(Buffer.concat(received).toString());
    });
  });
}

/** Asks again until it holds. @throws Error after ten seconds */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come true');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const nothingStored = { bundles: [], incoming: [] };
