import path from 'node:path';
import { type Command, Option } from 'commander';
import type { IssuedFiles } from '../../core/certificate';
import { parseCompatible } from '../../core/bundle';
import { parseDeviceId } from '../../core/device';
import { DomainError } from '../../core/errors';
import { deviceBaseUrl, type Config } from '../../config/config';
import { addCommand } from '../kernel/command';
import { type CliContext, shownPath, talk } from '../kernel/context';
import { judgingFile, readInput } from '../kernel/input-file';
import { collect, type IssueFlags, issueOptions, issueRequest, printIssued } from './issue-options';

interface Flags extends IssueFlags {
  readonly csr?: string;
  readonly out?: string;
  readonly compatible?: readonly string[];
}

export function addCertDevice(cert: Command, context: CliContext): void {
  addCommand<Flags>(cert, context, {
    usage: 'device <id>',
    summary: "make a device's certificate, with a new key or for the key of its request",
    details:
      'The id becomes the common name and the file name. With --csr only the public key is taken from the request: the private key never leaves the device.',
    options: [
      new Option(
        '--csr <file>',
        'sign this request (PEM or DER) instead of making a key; - for standard input',
      ),
      new Option(
        '--compatible <compatible>',
        'bind it to a compatible; can be given several times',
      ).argParser(collect),
      new Option('--out <dir>', 'write there instead of the devices folder'),
      ...issueOptions(3650),
    ],
    configKeys: ['certsDir'],
    examples: [
      'cert device board-1',
      'cert device board-1 --csr board-1.csr --days 730',
      'cert device board-1 --csr - --compatible my-board < board-1.csr',
    ],
    run: async ({ args: [id = ''], options, config }) => {
      if (options.csr !== undefined && options.key !== undefined) {
        throw new DomainError('configuration', '--key makes a new key, --csr brings one', {
          remedy: 'Leave out one of them.',
        });
      }
      const csrPem =
        options.csr === undefined ? undefined : await readInput(context, options.csr, 'the request');
      const request = {
        ...issueRequest(options),
        id: parseDeviceId(id),
        ...(options.compatible === undefined ? {} : { compatibles: options.compatible.map(parseCompatible) }),
        ...(options.out === undefined ? {} : { outDir: path.resolve(context.surroundings.cwd, options.out) }),
      };
      const files = await judgingFile(options.csr, () =>
        context.wiring
          .certificates(config)
          .createDevice({ ...request, ...(csrPem === undefined ? {} : { csrPem }) }),
      );
      printIssued(context, files, options.json === true);
      if (options.json !== true) talk(context, nextStep(context, files, config));
      return 0;
    },
  });
}

function nextStep(context: CliContext, { written, certificate }: IssuedFiles, config: Config): string {
  const [certificatePath = ''] = written;
  const keyPath = written.find((file) => file.endsWith('.key'));
  const ca = shownPath(context, path.join(config.certsDir, 'ca.crt'));
  const key = keyPath === undefined ? 'device.key' : shownPath(context, keyPath);
  const [compatible = 'my-board'] = certificate.compatibles;
  const url = `${deviceBaseUrl(config, config.devicePort)}/api/v1/manifest.json?compatible=${encodeURIComponent(compatible)}`;
  return `\nWhat ${certificate.commonName} can do with it${keyPath === undefined ? ', where its key is' : ''}:\n\n  curl --cacert ${ca} --cert ${shownPath(context, certificatePath)} --key ${key} \\\n    '${url}'`;
}
