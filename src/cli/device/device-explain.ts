import type { Command } from 'commander';
import { type ExplainedOfferJson, explanationJson } from '../../contract/explanation';
import type { Read } from '../../contract/reader';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson } from '../kernel/context';
import { devicePath } from './device-action';
import { formatTable, printableLine } from '../kernel/printable';
import { parseAnswer } from '../kernel/server-answer';

export function addDeviceExplain(device: Command, context: CliContext): void {
  addCommand(device, context, {
    usage: 'explain <id>',
    summary: 'tell why a device gets what it gets, or nothing: every rule, passed and failed',
    details:
      "What it gets by each protocol in which it can ask: scripts that read the manifest, and RAUC's own poller, which can stream only. What its certificate is bound to is known only while it asks.",
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

/** How a device asks in a protocol; one that is not here goes by its name. */
const asking = new Map([
  ['manifest', 'asking for the manifest'],
  ['polling', 'polling with RAUC'],
]);

function explain(answer: unknown): string {
  const { device, answers } = parseAnswer(explanationJson.pick({ device: true, answers: true }), answer);
  return answers
    .map((one) => describe(`${device}, ${asking.get(one.protocol) ?? `asking by ${one.protocol}`}`, one))
    .join('\n\n');
}

function describe(who: string, { offered, reason, message, rules }: Read<ExplainedOfferJson>): string {
  const what = offered === null ? `gets nothing (${reason ?? 'no reason'}): ${message}` : `gets ${offered}`;
  const rows = rules.map(({ rule, passed, message: why }) => [outcome(passed), rule, why]);
  return `${printableLine(`${who}, ${what}`)}\n${formatTable(['', 'RULE', 'WHY'], rows)}`;
}

function outcome(passed: boolean | null): string {
  if (passed === null) return 'not asked';
  return passed ? 'passed' : 'failed';
}
