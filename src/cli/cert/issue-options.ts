import { InvalidArgumentError, Option } from 'commander';
import { sayWhy } from '../../core/circumstances/sentences';
import type { IssuedFiles, IssueOptions, KeyType } from '../../core/certificate';
import { issuedFilesJson } from './certificate-json';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { formatDay } from '../kernel/printable';

/** What the commands that issue certificates share. */
export interface IssueFlags {
  readonly days?: number;
  readonly key?: KeyType;
  readonly force?: boolean;
}

export function issueOptions(defaultDays: number): readonly Option[] {
  return [
    new Option('--days <days>', `validity in days (default ${defaultDays})`).argParser(parseDays),
    new Option(
      '--key <type>',
      'type of the new key: ec (P-256), or rsa for old TLS stacks (default ec)',
    ).choices(['ec', 'rsa']),
    new Option('--force', 'replace existing files; the old ones are kept next to them'),
  ];
}

/** Only the given values: the code that issues certificates has the defaults. */
export function issueRequest({ days, key, force }: IssueFlags): IssueOptions {
  return {
    ...(days === undefined ? {} : { days }),
    ...(key === undefined ? {} : { key }),
    ...(force === undefined ? {} : { force }),
  };
}

/** A century is longer than any device lasts, and the year still has four digits. */
export function parseDays(text: string): number {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > 36_500) throw new InvalidArgumentError('Use a whole number from 1 to 36500.');
  return days;
}

/** For options that can be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Prints the written paths as results, and notes about them as messages. */
export function printIssued(context: CliContext, files: IssuedFiles, isJson: boolean): void {
  if (isJson) {
    printJson(context, issuedFilesJson(files));
    return;
  }
  for (const written of files.written) print(context, shownPath(context, written));
  for (const kept of files.kept) talk(context, `kept the previous file as ${shownPath(context, kept)}`);
  for (const { message } of files.warnings) talk(context, `warning: ${sayWhy(message)}`);
  const { commonName, notAfter, serial, keyAlgorithm } = files.certificate;
  talk(context, `${commonName}: ${keyAlgorithm}, valid until ${formatDay(notAfter)}, serial ${serial}`);
}
