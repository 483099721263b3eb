import type { Command } from 'commander';
import type { newDeviceTokenBody } from '../../../contract/device-token';
import type { RequestOf } from '../../../contract/request';
import { AdminClient } from '../../kernel/admin-client';
import { addCommand } from '../../kernel/command';
import type { CliContext } from '../../kernel/context';
import { gatewayOption, type HolderFlags, printToken, tokenPath } from './token-holder';

export function addDeviceTokenCreate(token: Command, context: CliContext): void {
  addCommand<HolderFlags>(token, context, {
    usage: 'create [id]',
    summary: 'create a token for a device and print it',
    details:
      'The device sends it on HAWKBIT_PORT: it is auth_token in the configuration of rauc-hawkbit-updater, or gateway_token with --gateway. Anyone with the gateway token can act as any device.',
    options: [gatewayOption],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device token create board-1', 'device token create --gateway'],
    run: async ({ args: [id], options, config }) => {
      const path = tokenPath(id, options);
      const client = await AdminClient.open(context, config);
      const answer = await client.post<RequestOf<typeof newDeviceTokenBody>>(path, {});
      printToken(context, answer, options.json === true);
      return 0;
    },
  });
}
