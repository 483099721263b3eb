import { type Command, Option } from 'commander';
import { period } from '../../../config/value-types/amount';
import type { rotateTokenBody } from '../../../contract/device-token';
import type { RequestOf } from '../../../contract/request';
import { DomainError } from '../../../core/errors';
import { AdminClient } from '../../kernel/admin-client';
import { addCommand } from '../../kernel/command';
import type { CliContext } from '../../kernel/context';
import { gatewayOption, type HolderFlags, printToken, tokenPath } from './token-holder';

export function addDeviceTokenRotate(token: Command, context: CliContext): void {
  addCommand<HolderFlags & { readonly overlap?: string }>(token, context, {
    usage: 'rotate [id]',
    summary: 'replace the token of a device and print the new one',
    details:
      'The old token stays valid for a week, or for the --overlap: configure the device in the meantime. Only the last two tokens are ever valid.',
    options: [
      gatewayOption,
      new Option(
        '--overlap <period>',
        'how long the old token stays valid, such as 12h or 14d; 0 ends it at once',
      ),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device token rotate board-1', 'device token rotate --gateway --overlap 30d'],
    run: async ({ args: [id], options, config }) => {
      const path = tokenPath(id, options);
      const body = options.overlap === undefined ? {} : { overlap_seconds: secondsOf(options.overlap) };
      const client = await AdminClient.open(context, config);
      const answer = await client.post<RequestOf<typeof rotateTokenBody>>(`${path}/rotate`, body);
      printToken(context, answer, options.json === true);
      return 0;
    },
  });
}

/** @throws DomainError `configuration` */
function secondsOf(text: string): number {
  const ms = text === '0' ? 0 : period.parse(text);
  if (ms !== undefined) return Math.ceil(ms / 1000);
  throw new DomainError('configuration', `--overlap ${JSON.stringify(text)} is not a period`, {
    remedy: `Use ${period.accepts}, or 0.`,
  });
}
