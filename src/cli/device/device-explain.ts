import type { Command } from 'commander';
import { type ExplainedOfferJson, explanationJson } from '../../contract/explanation';
import type { Read } from '../../contract/reader';
import { rulesNotAsked } from '../../core/rules-not-asked';
import { lookOf } from '../../contract/state-looks';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson } from '../kernel/context';
import { devicePath } from './device-action';
import { formatTable, printableLine } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';
import { parseAnswer } from '../kernel/server-answer';

export function addDeviceExplain(device: Command, context: CliContext): void {
  addCommand(device, context, {
    usage: 'explain <id>',
    summary: 'explain what a device is offered, or why it is offered nothing: every rule, passed or failed',
    details:
      "Answers for each protocol the device may use: scripts that read the manifest, and RAUC's own poller, which can only stream. A certificate that is bound to a compatible is not considered, because it is seen only during a request.",
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

/** How a device asks in each protocol; a protocol that is missing here is called by its own name. */
const asking = new Map([
  ['manifest', 'asking for the manifest'],
  ['polling', 'polling with RAUC'],
  ['ddi', 'asking as a hawkBit client'],
]);

function explain(answer: unknown): string {
  const { device, answers } = parseAnswer(explanationJson.pick({ device: true, answers: true }), answer);
  return answers
    .map((one) => describe(`${device}, ${asking.get(one.protocol) ?? `asking over ${one.protocol}`}`, one))
    .join('\n\n');
}

const upToDate = 'up-to-date';

function describe(who: string, offer: Read<ExplainedOfferJson>): string {
  const { reason, rules } = offer;
  const asked = rules.filter(({ passed }) => passed !== null);
  const deciding = asked.find(({ passed }) => passed === false);
  const rows = asked.map((one) => [
    // A device that already runs the right version is not a problem.
    one === deciding && reason === upToDate
      ? lookOf(upToDate).word
      : one.passed === true
        ? 'passed'
        : 'failed',
    one.rule,
    one.message,
  ]);
  const notAsked = rulesNotAsked(rules).map(
    ({ rules: names, message }) => `not checked: ${names.join(', ')} (${message})`,
  );
  return [
    printableLine(`${who}, ${whatItGets(offer)}`),
    formatTable(['', 'RULE', 'WHY'], rows),
    ...notAsked.map(printableLine),
  ].join('\n');
}

function whatItGets({ offered, reason, message }: Read<ExplainedOfferJson>): string {
  if (offered !== null) return `gets ${offered}`;
  if (reason === upToDate) return `${markedState(upToDate)}: ${message}`;
  return `gets nothing (${reason ?? 'no reason'}): ${message}`;
}
