import { randomBytes } from 'node:crypto';
import { version } from '../package.json';
import { runCli } from './cli/program';
import type { RunningServer, Wiring } from './cli/kernel/wiring';
import type { Config } from './config/config';
import type { Clock } from './ports/clock';
import { loadPostgresStore } from './server/load-postgres';
import { readKitText } from './server/package-files';

/** The composition root: this file and `src/server/` alone know every room and put them together. */

const now: Clock = () => new Date();

/** Runs the command line; the process ends with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // Without a channel, nothing has started this process as one of several.
  const one = process.connected ? load.oneOfProcesses() : undefined;
  if (one?.isOneOfProcesses() !== true) {
    process.exitCode = await runCli(argv, createWiring(serve));
    return;
  }
  const serveAsOne = async (config: Config) => {
    const server = await load.serve().serve(config);
    one.tellRunning(server);
    return server;
  };
  const exitCode = await runCli(argv, createWiring(serveAsOne), undefined, one.surroundingsOfOne());
  process.exit(exitCode); // the channel would keep it alive
}

function serve(config: Config): Promise<RunningServer> {
  return config.processes > 1 ? load.processes().serveProcesses(config) : load.serve().serve(config);
}

/** A command loads only what it needs: loading the whole server takes longer than most commands do. */
const load = {
  backups: () => require('./store/backup/backups') as typeof import('./store/backup/backups'),
  certificateFolder: () => require('./pki/certificate-folder') as typeof import('./pki/certificate-folder'),
  doctor: () => require('./server/doctor') as typeof import('./server/doctor'),
  inspectFiles: () => require('./server/inspect-files') as typeof import('./server/inspect-files'),
  manageTokens: () =>
    require('./services/access/manage-tokens') as typeof import('./services/access/manage-tokens'),
  move: () => require('./server/move') as typeof import('./server/move'),
  oneOfProcesses: () => require('./server/one-of-processes') as typeof import('./server/one-of-processes'),
  postgresArchived: () =>
    require('./store/backup/postgres-archived') as typeof import('./store/backup/postgres-archived'),
  processes: () => require('./server/processes') as typeof import('./server/processes'),
  serve: () => require('./server/serve') as typeof import('./server/serve'),
  store: () => require('./store/store') as typeof import('./store/store'),
};

function createWiring(serve: Wiring['serve']): Wiring {
  return {
    serve,
    certificates: ({ certsDir, databaseUrl }) =>
      load.certificateFolder().openCertificateFolder(certsDir, {
        now,
        shared: databaseUrl === null ? undefined : loadPostgresStore().openPostgresCertificates(databaseUrl),
      }),
    kitText: readKitText,
    async tokens({ dataDir, databaseUrl }) {
      const store =
        databaseUrl === null
          ? load.store().openTokenStore(dataDir)
          : await loadPostgresStore().openPostgresTokens(databaseUrl);
      const manageTokens = load.manageTokens().createManageTokens({ tokens: store.tokens, randomBytes, now });
      return { ...manageTokens, close: () => store.close() };
    },
    get backups() {
      const newId = () => randomBytes(16).toString('hex');
      const postgres = (url: string) => load.postgresArchived().postgresArchived(url);
      return load.backups().createBackups({ version, pid: process.pid, now, newId, postgres });
    },
    move: (config, request) => load.move().move(config, request),
    doctor: (config, request) => load.doctor().examine(config, { ...request, now }),
    inspect: (path, config) => load.inspectFiles().inspectFile(path, config),
    checkImages: (...file) => load.inspectFiles().checkFileImages(...file),
  };
}
