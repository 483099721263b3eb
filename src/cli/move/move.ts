import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { counted } from '../../base/text/counted';
import { type Config, directDatabaseUrl } from '../../config/config';
import { bucketAddress, databaseAddress } from '../../config/value-types/network';
import type { MoveJson } from '../../contract/move';
import { DomainError } from '../../core/errors';
import { formatS3Address, type S3Address } from '../../core/s3-address';
import type { InstallationPlace, Moved } from '../../ports/moves';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { formatSize } from '../kernel/printable';
import { ProgressLine } from '../kernel/progress-line';

interface MoveOptions {
  readonly to?: Pick<InstallationPlace, 'databaseUrl'>;
  readonly toDataDir: string;
  readonly bundles?: S3Address;
}

export function addMove(program: Command, context: CliContext): void {
  addCommand<MoveOptions>(program, context, {
    usage: 'move',
    summary: 'move a stopped installation to PostgreSQL or an object store, or back',
    details:
      'Copies the database and the bundles of this installation to another database and a new data folder, and verifies the copy by counts and hashes. Stop the server first, and use its options. The old installation is not changed: never start it again once the new one has run. If the move is interrupted, run the command again: it continues where it stopped. Certificates are not moved: the new installation uses the same CERTS_DIR.',
    options: [
      new Option(
        '--to <database>',
        'address of an empty PostgreSQL database (postgres://…), or sqlite; put an address with a password in the variable MOVE_TO_URL instead',
      ).argParser(parseDatabase),
      new Option('--to-data-dir <folder>', 'data folder of the new installation').makeOptionMandatory(),
      new Option(
        '--bundles <address>',
        'bucket for the bundles, such as s3://updates/bundles; without it, they become files in the new data folder',
      ).argParser(parseBucket),
    ],
    configKeys: ['dataDir', 'databaseUrl', 'bundleStore', 's3Endpoint', 's3Region', 's3Ca'],
    examples: [
      'move --to postgres://updates@localhost/updates --to-data-dir data-new',
      'move --to postgres://updates@localhost/updates --to-data-dir data-new --bundles s3://updates/bundles',
      'move --database-url postgres://updates@localhost/updates --data-dir data-new --to sqlite --to-data-dir data',
    ],
    run: async ({ options, config }) => {
      const to: InstallationPlace = {
        dataDir: path.resolve(context.surroundings.cwd, options.toDataDir),
        databaseUrl: targetOf(options, config),
        bundleStore: options.bundles ?? null,
      };
      const isJson = options.json === true;
      let line: ProgressLine | undefined;
      const moved = await context.wiring
        .move(config, {
          from: { ...config, databaseUrl: directDatabaseUrl(config) },
          to,
          onProgress(doneBytes, totalBytes) {
            line ??= ProgressLine.whereSeen(context, totalBytes, { json: isJson }, 'copying the database');
            line?.update(doneBytes);
          },
        })
        .catch((error: unknown) => {
          throw continuable(error);
        })
        .finally(() => line?.clear());
      if (isJson) printJson(context, moveJsonOf(moved));
      else tell(context, moved, to);
      return 0;
    },
  });
}

/** @throws DomainError `configuration` */
function targetOf({ to }: MoveOptions, { moveToUrl }: Config): string | null {
  if (to !== undefined) return to.databaseUrl;
  if (moveToUrl !== null) return moveToUrl;
  throw new DomainError('configuration', 'the command does not say where to move the database', {
    remedy: 'Give the address of a database with --to or MOVE_TO_URL, or use --to sqlite.',
  });
}

function parseDatabase(text: string): Pick<InstallationPlace, 'databaseUrl'> {
  if (text === 'sqlite') return { databaseUrl: null };
  const url = databaseAddress.parse(text);
  if (url === undefined) throw new InvalidArgumentError('Use postgres://user@host:5432/name, or sqlite.');
  if (new URL(url).password !== '')
    throw new InvalidArgumentError(
      'Other users can see a password on the command line: set the variable MOVE_TO_URL instead.',
    );
  return { databaseUrl: url };
}

function parseBucket(text: string): S3Address {
  const address = bucketAddress.parse(text);
  if (address === undefined) throw new InvalidArgumentError('Use s3://bucket or s3://bucket/prefix.');
  return address;
}

/** Tells people that nothing is lost if they remove what stopped the move. */
function continuable(error: unknown): unknown {
  if (!(error instanceof DomainError) || !['storage-full', 'unavailable'].includes(error.code)) return error;
  const { code, message, remedy } = error;
  const next = 'The same command continues where this one stopped; the old installation is unchanged.';
  return new DomainError(code, message, { cause: error, remedy: [remedy, next].join(' ').trim() });
}

function tell(context: CliContext, moved: Moved, to: InstallationPlace): void {
  const { rows, bundles, copiedBundles, copiedBytes } = moved;
  print(
    context,
    `moved ${counted(rows, 'row')} and ${counted(bundles, 'bundle')} (copied ${copiedBundles}, ${formatSize(copiedBytes)}); counts and hashes agree`,
  );
  const settings = [
    `DATA_DIR=${shownPath(context, to.dataDir)}`,
    to.databaseUrl === null ? 'no DATABASE_URL' : 'DATABASE_URL (the address you moved to)',
    to.bundleStore === null ? 'no BUNDLE_STORE' : `BUNDLE_STORE=${formatS3Address(to.bundleStore)}`,
  ];
  talk(context, `Start the server with ${settings.join(', ')}.`);
  talk(context, 'Do not start it on the old data again: devices would be offered updates from an old state.');
}

function moveJsonOf({ tables, rows, bundles, copiedBundles, copiedBytes }: Moved): MoveJson {
  return { tables, rows, bundles, copied_bundles: copiedBundles, copied_bytes: copiedBytes };
}
