import { type Command, Option } from 'commander';
import { DomainError } from '../../core/errors';
import type { CertificateFolder, ImportCaRequest } from '../../ports/certificates';
import { addCommand } from '../kernel/command';
import type { CliContext } from '../kernel/context';
import { judgingFile, readInput } from '../kernel/input-file';
import { type IssueFlags, issueOptions, issueRequest, printIssued } from './issue-options';

interface Flags extends IssueFlags {
  readonly name?: string;
  readonly import?: string;
  readonly importKey?: string;
}

export function addCertCa(cert: Command, context: CliContext): void {
  addCommand<Flags>(cert, context, {
    usage: 'ca',
    summary: 'make the CA that signs server and device certificates, or take over one that exists',
    details:
      'With --import a CA that exists is tried in a real TLS handshake and copied; with --import-key its key too, so that certificates can be issued here. An intermediate alone is enough: then its devices are let in, and no others below the same root.',
    options: [
      new Option('--name <name>', 'common name of the new CA'),
      ...issueOptions(3650),
      new Option(
        '--import <file>',
        'PEM certificate of a CA that you have, a root or an intermediate; - for standard input',
      ),
      new Option('--import-key <file>', 'its PEM private key, unencrypted; - for standard input'),
    ],
    configKeys: ['certsDir'],
    examples: [
      'cert ca --name "Acme devices"',
      'cert ca --import acme-ca.crt --import-key acme-ca.key',
      'cert ca --import acme-ca.crt   # the key stays elsewhere: certificates are issued there',
    ],
    run: async ({ options, config }) => {
      const folder = context.wiring.certificates(config);
      const files =
        options.import === undefined
          ? await folder.createCa(createRequest(options))
          : await importFiles(folder, await importRequest(context, options, options.import), options.import);
      printIssued(context, files, options.json === true);
      return 0;
    },
  });
}

function createRequest(flags: Flags) {
  if (flags.importKey !== undefined) throw usage('--import-key needs --import');
  return { ...issueRequest(flags), ...(flags.name === undefined ? {} : { commonName: flags.name }) };
}

async function importRequest(context: CliContext, flags: Flags, file: string) {
  if (flags.days !== undefined || flags.key !== undefined || flags.name !== undefined) {
    throw usage('--days, --key and --name are for a new CA, not for --import');
  }
  if (file === '-' && flags.importKey === '-') throw usage('only one of the two files can be standard input');
  const certificatePem = (await readInput(context, file, 'the CA certificate')).toString();
  const keyPem =
    flags.importKey === undefined
      ? undefined
      : (await readInput(context, flags.importKey, 'the CA key')).toString();
  return {
    certificatePem,
    ...(keyPem === undefined ? {} : { keyPem }),
    ...(flags.importKey === undefined || flags.importKey === '-' ? {} : { keyFile: flags.importKey }),
    ...(flags.force === undefined ? {} : { force: flags.force }),
  };
}

function importFiles(folder: CertificateFolder, request: ImportCaRequest, file: string) {
  return judgingFile(file, () => folder.importCa(request));
}

function usage(message: string): DomainError {
  return new DomainError('configuration', message, { remedy: 'See rauc-simple-server cert ca --help.' });
}
