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
    summary: 'create the CA that signs server and device certificates, or import an existing one',
    details:
      '--import tests an existing CA in a real TLS handshake and copies it; --import-key copies its key too, so that certificates can be issued here. An intermediate CA is enough: only its own devices are then let in, not others below the same root.',
    options: [
      new Option('--name <name>', 'common name of the new CA'),
      ...issueOptions(3650),
      new Option(
        '--import <file>',
        'PEM certificate of an existing CA, root or intermediate; - for standard input',
      ),
      new Option('--import-key <file>', 'its unencrypted PEM private key; - for standard input'),
    ],
    configKeys: ['certsDir'],
    examples: [
      'cert ca --name "Acme devices"',
      'cert ca --import acme-ca.crt --import-key acme-ca.key',
      'cert ca --import acme-ca.crt   # the key stays elsewhere; issue certificates there',
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
  if (flags.importKey !== undefined) throw usage('--import-key requires --import');
  return { ...issueRequest(flags), ...(flags.name === undefined ? {} : { commonName: flags.name }) };
}

async function importRequest(context: CliContext, flags: Flags, file: string) {
  if (flags.days !== undefined || flags.key !== undefined || flags.name !== undefined) {
    throw usage('--days, --key and --name apply to a new CA, not to --import');
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
