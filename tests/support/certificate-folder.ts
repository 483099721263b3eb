import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import type { CertificateFolder } from '../../src/ports/certificates';
import { mustRun, temporaryFolder } from './programs';

/** A certificate folder for one test. */
export interface TestFolder {
  readonly dir: string;
  /** Typed as the services' interface, so that the compiler checks it. */
  readonly folder: CertificateFolder;
  readonly at: (...names: string[]) => string;
  readonly read: (...names: string[]) => Promise<string>;
  readonly x509: (...names: string[]) => Promise<X509Certificate>;
}

/** An empty folder. */
export async function emptyFolder(now: () => Date = () => new Date()): Promise<TestFolder> {
  const dir = path.join(await temporaryFolder(), 'certs');
  const at = (...names: string[]): string => path.join(dir, ...names);
  return {
    dir,
    folder: openCertificateFolder(dir, { now }),
    at,
    read: (...names) => readFile(at(...names), 'utf8'),
    x509: async (...names) => new X509Certificate(await readFile(at(...names))),
  };
}

/** A folder with a CA. */
export async function folderWithCa(now?: () => Date): Promise<TestFolder> {
  const made = await emptyFolder(now);
  await made.folder.createCa({});
  return made;
}

/** The output of `openssl x509 -text`, without indentation. */
export async function opensslText(file: string): Promise<string> {
  const { stdout } = await mustRun('openssl', ['x509', '-noout', '-text', '-in', file]);
  return stdout.replace(/^ +/gm, '');
}
