import { type Command, Option } from 'commander';
import { DomainError } from '../../core/errors';
import type { RevokeRequest } from '../../ports/certificates';
import { addCommand } from '../kernel/command';
import { type CliContext, talk } from '../kernel/context';
import { judgingFile, readInput } from '../kernel/input-file';
import { isRemote, type RemoteFlags, remoteKeys, remoteOption } from '../kernel/remote';
import { printRevocations, printRevocationsJson } from './print-revocations';
import { revokeRemotely } from './remote-revoke';

interface Flags extends RemoteFlags {
  readonly serial?: string;
  readonly file?: string;
  readonly reason?: string;
}

export function addCertRevoke(cert: Command, context: CliContext): void {
  addCommand<Flags>(cert, context, {
    usage: 'revoke [which]',
    summary: 'revoke all certificates issued here for a device, or any certificate by serial or file',
    details:
      'Takes effect at once: a running server refuses the certificates and closes their open connections. A new certificate for the same device works. Use --file or --serial for a certificate issued elsewhere, even if it was never used. To revoke the certificate that a device is using now, use `device revoke`. With --remote a running server revokes it, by --serial or --file.',
    options: [
      new Option('--serial <serial>', 'the certificate with this serial (hex), from any issuer'),
      new Option('--file <file>', 'this certificate (PEM or DER), from any issuer; - for standard input'),
      new Option('--reason <text>', 'reason to record'),
      remoteOption,
    ],
    configKeys: ['certsDir', ...remoteKeys],
    examples: [
      'cert revoke board-1',
      'cert revoke --file board-1.crt --reason "key was copied"',
      'cert revoke --serial 5f3a9c41d07be2a8',
      'cert revoke --serial 5f3a9c41d07be2a8 --remote --server https://admin.example.com',
    ],
    run: async ({ args: [which], options, config }) => {
      const { reason } = options;
      const target = await readTarget(context, which, options);
      if (isRemote(options, config)) {
        await revokeRemotely(context, config, target, options);
        return 0;
      }
      const revocations = await judgingFile(options.file, () =>
        context.wiring
          .certificates(config)
          .revoke({ ...target, ...(reason === undefined ? {} : { reason }) }),
      );
      if (options.json === true) {
        printRevocationsJson(context, revocations);
        return 0;
      }
      printRevocations(context, revocations);
      const [whom, whose] = revocations.length === 1 ? ['it', 'its'] : ['them', 'their'];
      talk(
        context,
        `Takes effect at once: a running server refuses ${whom} and closes ${whose} open connections.`,
      );
      if (revocations.some(({ commonName }) => commonName === '')) {
        talk(
          context,
          'No certificate with this serial is known here. It will be refused if it is ever used.',
        );
      }
      return 0;
    },
  });
}

/** @throws DomainError `configuration` unless exactly one of the three is given; for the file */
async function readTarget(
  context: CliContext,
  which: string | undefined,
  { serial, file }: Flags,
): Promise<RevokeRequest> {
  if ([which, serial, file].filter((one) => one !== undefined).length !== 1) {
    throw new DomainError('configuration', 'name exactly one certificate', {
      remedy: 'Give a device id or serial known here, or --serial, or --file.',
    });
  }
  if (serial !== undefined) return { serial };
  if (file !== undefined) return { certificate: await readInput(context, file, 'the certificate') };
  return { which: which ?? '' };
}
