import { type Command, Option } from 'commander';
import { revocationJson } from '../../contract/revocation';
import { parseDeviceId } from '../../core/device';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { revokeBody } from '../../contract/revocation';

export function addDeviceRevoke(device: Command, context: CliContext): void {
  addCommand<{ readonly reason?: string }>(device, context, {
    usage: 'revoke <id>',
    summary: 'revoke the certificate that a device is using now, whatever its issuer',
    details:
      'The server refuses the device at once, closes its open connections and removes its token (see `device token`), if it has one. A new certificate lets it back in. For its other certificates, use `cert revoke`.',
    options: [new Option('--reason <text>', 'reason to record')],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device revoke board-1', 'device revoke board-1 --reason "stolen from the van"'],
    run: async ({ args: [id = ''], options, config }) => {
      const { reason } = options;
      const client = await AdminClient.open(context, config);
      const answer = await client.post<RequestOf<typeof revokeBody>>('/api/revocations', {
        device: parseDeviceId(id),
        reason,
      });
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { serial } = parseAnswer(revocationJson.pick({ serial: true }), answer);
      print(context, serial);
      talk(context, `revoked: ${id} is refused from now on. To let it back in: device kit ${id} --force`);
      return 0;
    },
  });
}
