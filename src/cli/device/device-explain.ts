import type { Command } from 'commander';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson } from '../kernel/context';
import { devicePath } from './device-action';
import { type ProtocolAnswer, explanationAnswer } from './device-answers';
import { formatTable, printableLine } from '../kernel/printable';
import { parseAnswer } from '../kernel/server-answer';

export function addDeviceExplain(device: Command, context: CliContext): void {
  addCommand(device, context, {
    usage: 'explain <id>',
    summary: 'tell why a device gets what it gets, or nothing: every rule, passed and failed',
    details:
      "What scripts get that read the manifest, and what RAUC's own poller gets, which can stream only. What its certificate is bound to is known only while it asks.",
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device explain board-1', 'device explain board-1 --json'],
    run: async ({ args: [id = ''], options, config }) => {
      const path = devicePath(id);
      const client = await AdminClient.open(context, config);
      const answer = await client.get(`${path}/explain`);
      if (options.json === true) printJson(context, answer);
      else print(context, explain(answer));
      return 0;
    },
  });
}

function explain(answer: unknown): string {
  const { device, manifest, polling } = parseAnswer(explanationAnswer, answer);
  return [
    describe(`${device}, asking for the manifest`, manifest),
    describe(`${device}, polling with RAUC`, polling),
  ].join('\n\n');
}

function describe(who: string, { offered, reason, message, rules }: ProtocolAnswer): string {
  const what = offered === null ? `gets nothing (${reason ?? 'no reason'}): ${message}` : `gets ${offered}`;
  const rows = rules.map(({ rule, passed, message: why }) => [outcome(passed), rule, why]);
  return `${printableLine(`${who}, ${what}`)}\n${formatTable(['', 'RULE', 'WHY'], rows)}`;
}

function outcome(passed: boolean | null): string {
  if (passed === null) return 'not asked';
  return passed ? 'passed' : 'failed';
}
