import { counted } from '../../base/text/counted';
import type { Command } from 'commander';
import { z } from 'zod';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, printJson } from '../kernel/context';
import { printTable } from '../kernel/print-table';
import { formatInstant } from '../kernel/printable';
import { parseAnswer } from '../kernel/server-answer';
import { type FilterFlags, filterOptions, filterQuery } from './release-options';
import { type ShownLine, shownLine } from './shown-history';
import { describeFailures, describeResult } from './shown-release';

const shownHistory = z.object({ history: z.array(shownLine) });
/** How many reasons of failures a table shows; `release show` has the rest. */
const shownReasons = 3;

const columns = [
  'AT',
  'BY',
  'COMPATIBLE',
  'CHANNEL',
  'CURRENT',
  'BEFORE',
  'RELEASE',
  'ENDED',
  'OUTCOME',
  'FAILURES',
];

export function addHistory(release: Command, context: CliContext): void {
  addCommand<FilterFlags>(release, context, {
    usage: 'history',
    summary:
      'list past releases, newest first: who made what current, when, what it replaced, how it ended and why devices failed',
    options: filterOptions,
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['release history', 'release history --compatible my-board --json'],
    run: async ({ options, config }) => {
      const client = await AdminClient.open(context, config);
      const answer = await client.get(`/api/history?${filterQuery(options)}`);
      if (options.json === true) printJson(context, answer);
      else printTable(context, columns, parseAnswer(shownHistory, answer).history.map(rowOf));
      return 0;
    },
  });
}

function rowOf(line: ShownLine): readonly string[] {
  const { result } = line;
  return [
    formatInstant(line.at),
    line.by,
    line.compatible,
    line.channel,
    line.bundle ?? '-',
    line.previous_bundle ?? '-',
    line.release_id === null ? '-' : String(line.release_id),
    line.ended_at == null ? '-' : formatInstant(line.ended_at),
    result === null ? '-' : describeResult(result, line.ended_by),
    failuresOf(result?.failures ?? []),
  ];
}

function failuresOf(failures: Parameters<typeof describeFailures>[0]): string {
  const told = describeFailures(failures.slice(0, shownReasons));
  const more = failures.length - shownReasons;
  const rest = more > 0 ? [counted(more, 'more reason')] : [];
  return [...told, ...rest].join('; ') || '-';
}
