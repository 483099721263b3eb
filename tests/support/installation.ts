import path from 'node:path';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { makeBundle, type MadeBundle } from './bundle-factory';
import { cliNow } from './cli-harness';
import { temporaryFolder } from './programs';
import { openServices } from './services';

export interface MadeInstallation {
  readonly folder: string;
  readonly bundle: MadeBundle;
}

/** A folder as a server leaves it: `certs/` with a device, and `data/` with a bundle. Copy it before you change it. */
export async function makeInstallation(): Promise<MadeInstallation> {
  const folder = await temporaryFolder();
  const certificates = openCertificateFolder(path.join(folder, 'certs'), { now: () => cliNow });
  await certificates.createCa({});
  await certificates.createServer({ names: ['localhost'], ips: ['127.0.0.1'] });
  await certificates.createDevice({ id: 'board-1' });
  const bundle = await makeBundle();
  const opened = await openServices({ dataDir: path.join(folder, 'data'), keyringPath: bundle.keyringPath });
  await opened.publish(bundle.path, { activate: true });
  await opened.close();
  return { folder, bundle };
}
