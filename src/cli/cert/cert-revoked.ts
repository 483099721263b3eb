import type { Command } from 'commander';
import { addCommand } from '../kernel/command';
import { type CliContext, talk } from '../kernel/context';
import { printRevocations, printRevocationsJson } from './print-revocations';

export function addCertRevoked(cert: Command, context: CliContext): void {
  addCommand(cert, context, {
    usage: 'revoked',
    summary: 'list the revoked certificates, newest first, whoever issued them',
    configKeys: ['certsDir'],
    examples: ['cert revoked', 'cert revoked --json'],
    run: async ({ options, config }) => {
      const revocations = await context.wiring.certificates(config).revocations();
      const newestFirst = [...revocations].reverse();
      if (options.json === true) printRevocationsJson(context, newestFirst);
      else if (newestFirst.length === 0) talk(context, 'no certificates are revoked');
      else printRevocations(context, newestFirst, [['REASON', ({ reason }) => reason]]);
      return 0;
    },
  });
}
