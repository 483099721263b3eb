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
import { isRemote, type RemoteFlags, remoteKeys, remoteOption } from '../kernel/remote';
import { issueRemotely } from './remote-issue';
import { collect, type IssueFlags, issueOptions, issueRequest, printIssued } from './issue-options';

interface Flags extends IssueFlags, RemoteFlags {
  readonly csr?: string;
  readonly out?: string;
  readonly compatible?: readonly string[];
}

export function addCertDevice(cert: Command, context: CliContext): void {
  addCommand<Flags>(cert, context, {
    usage: 'device <id>',
    summary: 'issue a device certificate, with a new key or from a certificate request',
    details:
      'The id becomes the common name and the file name. With --csr only the public key is taken from the request, so the private key never leaves the device. With --remote a running server signs the request, and the certificate is written here.',
    options: [
      new Option(
        '--csr <file>',
        'sign this request (PEM or DER) instead of generating a key; - for standard input',
      ),
      new Option('--compatible <compatible>', 'bind it to a compatible; repeatable').argParser(collect),
      new Option(
        '--out <dir>',
        'write to this folder instead of the devices folder (with --remote: instead of the current folder)',
      ),
      ...issueOptions(3650),
      remoteOption,
    ],
    configKeys: ['certsDir', ...remoteKeys],
    examples: [
      'cert device board-1',
      'cert device board-1 --csr board-1.csr --days 730',
      'cert device board-1 --csr - --compatible my-board < board-1.csr',
      'cert device board-1 --csr board-1.csr --remote --server https://updates.example.com',
    ],
    run: async ({ args: [id = ''], options, config }) => {
      if (options.csr !== undefined && options.key !== undefined) {
        throw new DomainError('configuration', '--key and --csr cannot be combined', {
          remedy: '--key generates a new key, --csr uses an existing one: leave one of them out.',
        });
      }
      const isThere = isRemote(options, config);
      if (isThere && options.csr === undefined) throw needsRequest();
      const csrPem =
        options.csr === undefined ? undefined : await readInput(context, options.csr, 'the request');
      const request = {
        ...issueRequest(options),
        id: parseDeviceId(id),
        ...(options.compatible === undefined ? {} : { compatibles: options.compatible.map(parseCompatible) }),
        ...(options.out === undefined ? {} : { outDir: path.resolve(context.surroundings.cwd, options.out) }),
      };
      if (isThere && options.csr !== undefined && csrPem !== undefined) {
        const { cwd: outDir } = context.surroundings;
        const wanted = { outDir, ...request, csr: csrPem, csrFile: options.csr };
        await issueRemotely(context, config, { ...wanted, isJson: options.json === true });
        return 0;
      }
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

function needsRequest(): DomainError {
  return new DomainError(
    'configuration',
    'a remote server only signs requests; it never sends a private key',
    {
      remedy:
        'Create a request and pass it with --csr: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout device.key -subj /CN=board-1 -out device.csr. Or get a kit with everything the device needs: device kit <id> --remote.',
    },
  );
}

function nextStep(context: CliContext, { written, certificate }: IssuedFiles, config: Config): string {
  const [certificatePath = ''] = written;
  const keyPath = written.find((file) => file.endsWith('.key'));
  const ca = shownPath(context, path.join(config.certsDir, 'ca.crt'));
  const key = keyPath === undefined ? 'device.key' : shownPath(context, keyPath);
  const [compatible = 'my-board'] = certificate.compatibles;
  const url = `${deviceBaseUrl(config, config.devicePort)}/api/v1/manifest.json?compatible=${encodeURIComponent(compatible)}`;
  return `\nTry it as ${certificate.commonName}${keyPath === undefined ? ', where its key is' : ''}:\n\n  curl --cacert ${ca} --cert ${shownPath(context, certificatePath)} --key ${key} \\\n    '${url}'`;
}
