import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../../config/config';
import type { BackupJson } from '../../contract/backup';
import { DomainError } from '../../core/errors';
import type { MadeBackup } from '../../ports/backups';
import { addCommand } from '../kernel/command';
import { print, printJson, shownPath, talk } from '../kernel/context';
import { formatSize } from '../kernel/printable';
import { readPassphrase } from './passphrase';

interface BackupOptions {
  readonly bundles?: 'full' | 'reference';
  readonly certs: boolean;
  readonly passphraseFile?: string;
  readonly keep?: number;
}

export function addBackup(program: Command, context: Parameters<typeof addCommand>[1]): void {
  addCommand<BackupOptions>(program, context, {
    usage: 'backup <folder>',
    summary: 'archive the whole installation; the server may be running',
    details:
      "Writes one archive of the database, the bundles and the certificates into the folder, and verifies it by restoring it into a scratch folder. Run it as the server's user, from a timer if you like. Anyone who can read the certificates in an archive has the private keys of the CA and the server: set a passphrase, and keep it somewhere else.",
    options: [
      new Option(
        '--bundles <how>',
        'full: include the bundles (default); reference: only list them, to be uploaded again after a restore (default with BUNDLE_STORE, where they stay)',
      ).choices(['full', 'reference']),
      new Option('--passphrase-file <file>', 'encrypt the certificates with the first line of this file'),
      new Option('--no-certs', 'leave the certificates out'),
      new Option(
        '--keep <count>',
        'keep this many of the newest archives in the folder and remove the rest',
      ).argParser(parseKeep),
    ],
    configKeys: ['dataDir', 'databaseUrl', 'certsDir'],
    examples: [
      'backup /srv/backup --passphrase-file /etc/rauc-backup.pass --keep 14',
      'backup /srv/backup --bundles reference --no-certs --json',
    ],
    run: async ({ args, options, config }) => {
      const hasBundles = includesBundles(options, config);
      const passphrase = await readPassphrase(context, options.passphraseFile);
      const made = await context.wiring.backups.make({
        dataDir: config.dataDir,
        databaseUrl: config.databaseUrl,
        certsDir: options.certs ? config.certsDir : null,
        folder: path.resolve(context.surroundings.cwd, args[0] ?? '.'),
        passphrase,
        hasBundles,
        keep: options.keep ?? null,
      });
      if (made.contents.certificates === 'plain')
        talk(
          context,
          'warning: the private keys in the archive are not encrypted; use --passphrase-file or --no-certs',
        );
      if (options.json === true) printJson(context, backupJsonOf(made));
      else {
        print(
          context,
          `${shownPath(context, made.file)} (${formatSize(made.sizeBytes)}), verified by a restore`,
        );
        if (made.removed.length > 0) talk(context, `removed ${made.removed.join(', ')}`);
      }
      return 0;
    },
  });
}

/** @throws DomainError `configuration`: bundles in an object store are not read for an archive */
function includesBundles({ bundles }: BackupOptions, { bundleStore }: Config): boolean {
  if (bundleStore === null) return bundles !== 'reference';
  if (bundles === 'full') throw DomainError.of('archive-of-bundle-store');
  return false;
}

function parseKeep(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Use a whole number, 1 or more.');
}

function backupJsonOf({ file, sizeBytes, contents, removed }: MadeBackup): BackupJson {
  return {
    file,
    size_bytes: sizeBytes,
    made_at: contents.madeAt.toISOString(),
    has_bundles: contents.hasBundles,
    bundles: contents.bundles.length,
    certificates: contents.certificates,
    removed: [...removed],
  };
}
