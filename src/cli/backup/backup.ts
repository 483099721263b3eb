import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BackupJson } from '../../contract/backup';
import type { MadeBackup } from '../../ports/backups';
import { addCommand } from '../kernel/command';
import { print, printJson, shownPath, talk } from '../kernel/context';
import { formatSize } from '../kernel/printable';
import { readPassphrase } from './passphrase';

interface BackupOptions {
  readonly bundles: 'full' | 'reference';
  readonly certs: boolean;
  readonly passphraseFile?: string;
  readonly keep?: number;
}

export function addBackup(program: Command, context: Parameters<typeof addCommand>[1]): void {
  addCommand<BackupOptions>(program, context, {
    usage: 'backup <folder>',
    summary: 'archive the whole installation, also while the server runs',
    details:
      'Writes one archive into the folder: the database, the bundles and the certificates. It is proved by a restore into a scratch folder before it counts. Run it as the user of the server, by a timer if you like. Whoever has an archive with readable certificates has the keys of the CA and the server: give a passphrase, and keep it elsewhere.',
    options: [
      new Option(
        '--bundles <how>',
        'full: with their bytes; reference: only which they are, to be uploaded again',
      )
        .choices(['full', 'reference'])
        .default('full'),
      new Option('--passphrase-file <file>', 'encrypt the certificates with the first line of this file'),
      new Option('--no-certs', 'leave the certificates out'),
      new Option('--keep <count>', 'remove all but so many of the newest archives in the folder').argParser(
        parseKeep,
      ),
    ],
    configKeys: ['dataDir', 'certsDir'],
    examples: [
      'backup /srv/backup --passphrase-file /etc/rauc-backup.pass --keep 14',
      'backup /srv/backup --bundles reference --no-certs --json',
    ],
    run: async ({ args, options, config }) => {
      const passphrase = await readPassphrase(context, options.passphraseFile);
      const made = await context.wiring.backups.make({
        dataDir: config.dataDir,
        certsDir: options.certs ? config.certsDir : null,
        folder: path.resolve(context.surroundings.cwd, args[0] ?? '.'),
        passphrase,
        hasBundles: options.bundles === 'full',
        keep: options.keep ?? null,
      });
      if (made.contents.certificates === 'plain')
        talk(
          context,
          'warning: private keys are readable in the archive; give --passphrase-file, or --no-certs',
        );
      if (options.json === true) printJson(context, backupJsonOf(made));
      else {
        print(
          context,
          `${shownPath(context, made.file)} (${formatSize(made.sizeBytes)}), proved by a restore`,
        );
        if (made.removed.length > 0) talk(context, `removed ${made.removed.join(', ')}`);
      }
      return 0;
    },
  });
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
