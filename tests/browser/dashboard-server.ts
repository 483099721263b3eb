import path from 'node:path';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { databaseUrl } from '../support/postgres-services';
import { temporaryFolder } from '../support/programs';
import { type ServerProcess, startServer } from '../support/server-process';
import { isOnPostgres } from '../support/test-database';
import { type DemoFleet, makeDemoFleet } from './demo-fleet';

export interface DashboardServer extends ServerProcess {
  readonly folder: string;
  readonly fleet: DemoFleet | null;
}

export interface DashboardOptions {
  /** Begin with the demo fleet. */
  readonly isSeeded?: boolean;
  readonly gateways?: number;
  /** What the server certificate covers beside the machine's own names. */
  readonly names?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** The built server in a process of its own, on a folder with the demo fleet or an empty one. */
export async function startDashboard(options: DashboardOptions = {}): Promise<DashboardServer> {
  const folder = await temporaryFolder();
  const dataDir = path.join(folder, 'data');
  const fleet = options.isSeeded === false ? null : await makeDemoFleet(dataDir, options.gateways);
  if (options.names !== undefined) await makeCertificates(path.join(folder, 'certs'), options.names);
  const server = await startServer({
    folder,
    args: options.args ?? [],
    env: {
      ...(isOnPostgres && { DATABASE_URL: await databaseUrl(dataDir) }),
      ...(fleet && { BUNDLE_KEYRING: fleet.keyringPath }),
      ...options.env,
    },
  });
  return { ...server, folder, fleet };
}

async function makeCertificates(certsDir: string, names: readonly string[]): Promise<void> {
  const certificates = openCertificateFolder(certsDir, { now: () => new Date() });
  await certificates.createCa({});
  await certificates.createServer({ names: ['localhost', ...names], ips: ['127.0.0.1', '::1'] });
}
