import { randomBytes } from 'node:crypto';
import { version } from '../package.json';
import { runCli } from './cli/program';
import type { Wiring } from './cli/kernel/wiring';
import { openCertificateFolder } from './pki/certificate-folder';
import { checkFileImages, inspectFile } from './server/bundle-files';
import { examine } from './server/doctor';
import type { Clock } from './ports/clock';
import { readKitText } from './server/package-files';
import { serve } from './server/serve';
import { createManageTokens } from './services/access/manage-tokens';
import { createBackups } from './store/backup/backups';
import { openTokenStore } from './store/store';

/** The composition root: this file and `src/server/` alone know every room and put them together. */

const now: Clock = () => new Date();

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
    backups: createBackups({ version, pid: process.pid, now, newId: () => randomBytes(16).toString('hex') }),
    doctor: (config, request) => examine(config, { ...request, now }),
    inspect: inspectFile,
    checkImages: checkFileImages,
  };
}
