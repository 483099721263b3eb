import { type Command, Option } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { eventJson } from '../../contract/event';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk, talkJson } from '../kernel/context';
import { findEvents } from './find-events';
import { followEvents } from './follow-events';
import { printTable } from '../kernel/print-table';
import { formatInstant, printableJson } from '../kernel/printable';
import { parseAnswer } from '../kernel/server-answer';

interface Flags {
  readonly follow?: boolean;
  readonly kind?: string;
  readonly device?: string;
  readonly compatible?: string;
  readonly bundle?: string;
  readonly release?: string;
  readonly actor?: string;
  readonly people?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
}

const filterNames = [
  'kind',
  'device',
  'compatible',
  'bundle',
  'release',
  'actor',
  'people',
  'since',
  'until',
] as const;

/** An older server does not count repeated events. */
const shownEvent = eventJson
  .pick({ id: true, at: true, kind: true, actor: true, message: true, count: true, first_at: true })
  .partial({ count: true, first_at: true });
const reconnectMs = 2_000;

/** `events`, `events --follow` */
export function addEvents(program: Command, context: CliContext): void {
  addCommand<Flags>(program, context, {
    usage: 'events',
    summary: 'show what users, devices and the server did, or follow events live',
    options: [
      new Option('--follow', 'keep printing events as they happen; reconnects automatically'),
      new Option('--kind <kinds>', 'kinds separated by commas; "device." means every kind with that prefix'),
      new Option('--device <id>', 'about one device'),
      new Option('--compatible <name>', 'about one compatible'),
      new Option('--bundle <name>', 'about one bundle'),
      new Option('--release <id>', 'about one release and its rollout'),
      new Option('--actor <name>', 'by this actor: local, token:ci, cli:ann, device:board-1, server'),
      new Option('--people', 'only what people did, not what devices or the server did'),
      new Option('--since <time>', 'at or after this time, such as 2026-03-01T09:30:00Z'),
      new Option('--until <time>', 'before this time'),
      new Option('--limit <n>', 'maximum number of events').default('50'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'events',
      'events --follow',
      'events --kind installation.failed,installation.rolled-back --json',
      'events --people --device board-1',
      'events --actor token:ci --since 2026-03-01T00:00:00Z',
    ],
    run: async ({ options, config }) => {
      const client = await AdminClient.open(context, config);
      const filter = new URLSearchParams(
        filterNames.flatMap((name): [string, string][] => {
          const value = options[name];
          return value === undefined ? [] : [[name, String(value)]];
        }),
      );
      if (options.follow === true) {
        await follow(context, client, filter, options.json === true);
        return 0;
      }
      const found = await findEvents(client, filter, options.limit ?? '50', (until) => {
        if (options.json === true) talkJson(context, { searched_until: until });
        else talk(context, `searched back to ${until}, continuing`);
      });
      if (options.json === true) printJson(context, found);
      else {
        const rows = parseAnswer(z.array(shownEvent), found.events).map((one) => [
          shortTime(one.at),
          one.kind,
          one.actor,
          sentenceOf(one),
        ]);
        printTable(context, ['AT', 'KIND', 'BY', 'WHAT'], rows);
      }
      return 0;
    },
  });
}

function shortTime(at: string): string {
  return formatInstant(at);
}

function sentenceOf({ message, count = 1, first_at: firstAt }: z.infer<typeof shownEvent>): string {
  return firstAt == null ? message : `${message} (${count} times since ${shortTime(firstAt)})`;
}

/** Follows until a signal; no event is lost if the server is away for a while. */
async function follow(
  context: CliContext,
  client: AdminClient,
  filter: URLSearchParams,
  isJson: boolean,
): Promise<void> {
  const stop = new AbortController();
  const forget = context.surroundings.onStopSignal(() => stop.abort());
  let lastId: number | undefined;
  let hasConnected = false;
  const isStopped = () => stop.signal.aborted;
  try {
    while (!isStopped()) {
      try {
        await followEvents(client, filter, lastId, stop.signal, (content) => {
          hasConnected = true;
          const line = parseAnswer(shownEvent, content);
          const { at, kind, actor } = line;
          lastId = line.id;
          if (isJson) context.terminal.stdout.write(`${printableJson(content)}\n`);
          else print(context, `${shortTime(at)}  ${kind}  ${actor}  ${sentenceOf(line)}`);
        });
        hasConnected = true;
      } catch (error) {
        if (isStopped()) return;
        // A connection that is refused at the start is a mistake; one that breaks later comes back.
        if (!hasConnected) throw error;
        const message = error instanceof Error ? error.message : String(error);
        if (isJson) talkJson(context, { reconnecting: message });
        else talk(context, `reconnecting: ${message}`);
      }
      await delay(reconnectMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    forget();
  }
}
