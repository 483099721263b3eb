import type { Command } from 'commander';
import type { Revocation } from '../../core/certificate';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, printJson, talk } from '../kernel/context';
import { isRemote, type RemoteFlags, remoteKeys, remoteOption } from '../kernel/remote';
import { printRevocations, printRevocationsJson } from './print-revocations';
import { listRemoteRevocations, remoteRevocations } from './remote-revocations';

export function addCertRevoked(cert: Command, context: CliContext): void {
  addCommand<RemoteFlags>(cert, context, {
    usage: 'revoked',
    summary: 'list the revoked certificates of all issuers, newest first',
    options: [remoteOption],
    configKeys: ['certsDir', ...remoteKeys],
    examples: [
      'cert revoked',
      'cert revoked --json',
      'cert revoked --remote --server https://admin.example.com',
    ],
    run: async ({ options, config }) => {
      if (isRemote(options, config)) {
        const answer = await listRemoteRevocations(await AdminClient.open(context, config));
        if (options.json === true) printJson(context, answer);
        else show(context, remoteRevocations(answer));
        return 0;
      }
      const revocations = await context.wiring.certificates(config).revocations();
      const newestFirst = [...revocations].reverse();
      if (options.json === true) printRevocationsJson(context, newestFirst);
      else show(context, newestFirst);
      return 0;
    },
  });
}

function show(context: CliContext, newestFirst: readonly Revocation[]): void {
  if (newestFirst.length === 0) talk(context, 'no certificates are revoked');
  else printRevocations(context, newestFirst, [['REASON', ({ reason }) => reason]]);
}
