import { type Command, Option } from 'commander';
import { addCommand } from './command';
import { type CliContext, print, printJson, talk } from './context';
import { formatInstant, formatTable } from './printable';

export function addCertRevoke(cert: Command, context: CliContext): void {
  addCommand<{ readonly reason?: string }>(cert, context, {
    usage: 'revoke <which>',
    summary: 'revoke all certificates of a device, or one by its serial',
    details:
      'A running server refuses them at once, without a restart, and ends their open connections. A new certificate for the same device works.',
    options: [new Option('--reason <text>', 'for the list')],
    configKeys: ['certsDir'],
    examples: ['cert revoke board-1', 'cert revoke 5f3a9c… --reason "key was copied"'],
    run: async ({ args: [which = ''], options, config }) => {
      const { reason } = options;
      const revocations = await context.wiring
        .certificates(config)
        .revoke({ which, ...(reason === undefined ? {} : { reason }) });
      if (options.json === true) {
        const json = revocations.map((revocation) => ({
          serial: revocation.serial,
          common_name: revocation.commonName,
          revoked_at: revocation.revokedAt.toISOString(),
          reason: revocation.reason,
        }));
        printJson(context, { revoked: json });
        return 0;
      }
      const rows = revocations.map(({ serial, commonName, revokedAt }) => [
        commonName,
        serial,
        formatInstant(revokedAt),
      ]);
      print(context, formatTable(['NAME', 'SERIAL', 'REVOKED'], rows));
      talk(context, 'It works at once: a running server refuses them and ends their open connections.');
      return 0;
    },
  });
}
