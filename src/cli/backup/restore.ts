import path from 'node:path';
import { type Command, Option } from 'commander';
import { directDatabaseUrl } from '../../config/config';
import type { RestoreJson } from '../../contract/backup';
import { formatS3Address } from '../../core/s3-address';
import type { RestoredBackup } from '../../ports/backups';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { judgingFile } from '../kernel/input-file';
import { readPassphrase } from './passphrase';

interface RestoreOptions {
  readonly passphraseFile?: string;
  readonly force?: boolean;
}

export function addRestore(program: Command, context: CliContext): void {
  addCommand<RestoreOptions>(program, context, {
    usage: 'restore <archive>',
    summary: 'restore an installation from a backup archive',
    details:
      "Stop the server first, and run this as the server's user. After a restore the server starts with every rollout paused until you resume it. Existing certificates are kept, because they include newer ones and later revocations.",
    options: [
      new Option(
        '--passphrase-file <file>',
        'file with the passphrase that the certificates were encrypted with',
      ),
      new Option(
        '--force',
        'replace the existing database in DATA_DIR; the old one is kept next to it. A PostgreSQL database must be empty',
      ),
    ],
    configKeys: ['dataDir', 'databaseUrl', 'certsDir'],
    examples: ['restore /srv/backup/rauc-backup-20261127T020000Z.tar --force'],
    run: async ({ args, options, config }) => {
      const passphrase = await readPassphrase(context, options.passphraseFile);
      const archive = path.resolve(context.surroundings.cwd, args[0] ?? '');
      const restored = await judgingFile(archive, () =>
        context.wiring.backups.restore({
          archive,
          dataDir: config.dataDir,
          databaseUrl: directDatabaseUrl(config),
          certsDir: config.certsDir,
          passphrase,
          isForced: options.force === true,
        }),
      );
      // Bundles in an object store are still there; the next start reports any that are missing.
      const told = config.bundleStore === null ? restored : { ...restored, missingBundles: [] };
      if (config.bundleStore !== null && restored.contents.hasBundles) {
        const files = shownPath(context, path.join(config.dataDir, 'bundles'));
        talk(
          context,
          `the archived bundles are now in ${files}; upload those that the server reports as missing from ${formatS3Address(config.bundleStore)}`,
        );
      }
      if (options.json === true) printJson(context, restoreJsonOf(told));
      else tell(context, told);
      return 0;
    },
  });
}

function tell(
  context: CliContext,
  { contents, keptDatabase, hasCertificates, missingBundles }: RestoredBackup,
): void {
  print(context, `restored the state of ${contents.madeAt.toISOString()}`);
  if (keptDatabase !== null)
    talk(context, `the previous database is now ${shownPath(context, keptDatabase)}`);
  if (contents.certificates !== 'none' && !hasCertificates)
    talk(context, 'the existing certificates were kept');
  if (missingBundles.length > 0) talk(context, `upload these bundles again: ${missingBundles.join(', ')}`);
  talk(
    context,
    'Start the server: every rollout is paused. Check "attention list", then resume the rollouts that should continue.',
  );
}

function restoreJsonOf({
  contents,
  keptDatabase,
  hasCertificates,
  missingBundles,
}: RestoredBackup): RestoreJson {
  return {
    made_at: contents.madeAt.toISOString(),
    has_bundles: contents.hasBundles,
    bundles: contents.bundles.length,
    certificates: contents.certificates,
    kept_database: keptDatabase,
    restored_certificates: hasCertificates,
    missing_bundles: [...missingBundles],
  };
}
