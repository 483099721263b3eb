import { type Command, Option } from 'commander';
import { z } from 'zod';
import { deviceJson } from '../../contract/device';
import {
  type bulkBody,
  type BulkResultJson,
  bulkResultJson,
  type BulkVerb,
  bulkVerbs,
  maxBulk,
} from '../../contract/device-action';
import type { RequestOf } from '../../contract/request';
import { DomainError } from '../../core/errors';
import { leavesOpen } from '../bundle/lost-answer';
import { AdminClient } from '../kernel/admin-client';
import { ask, canAsk } from '../kernel/ask';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { formatTable } from '../kernel/printable';
import { parseAnswer } from '../kernel/server-answer';
import { type DeviceFilter, filterOptions, filterQuery } from './device-filter';
import { allPages } from './device-pages';

interface Flags extends DeviceFilter {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface Action {
  readonly verb: BulkVerb;
  readonly value: string | undefined;
}

/** The value that each action takes; `null` if it takes none. */
const values: Readonly<Record<BulkVerb, { readonly what: string; readonly isNeeded: boolean } | null>> = {
  admit: null,
  hold: { what: 'reason', isNeeded: false },
  unhold: null,
  pin: { what: 'bundle', isNeeded: true },
  unpin: null,
  clear: null,
  channel: { what: 'channel', isNeeded: true },
  'add-label': { what: 'label', isNeeded: true },
  'remove-label': { what: 'label', isNeeded: true },
};

/** The result for the matching devices. */
interface Outcome {
  readonly done: string[];
  readonly failed: BulkResultJson['failed'];
  /** Sent, but not answered: they may or may not have changed. */
  unsure: readonly string[];
  notTried: readonly string[];
}

/** `device bulk`: applies one action to every matching device, and first says how many there are. */
export function addDeviceBulk(device: Command, context: CliContext): void {
  addCommand<Flags>(device, context, {
    usage: 'bulk <action> [value]',
    summary: 'apply one action to all matching devices, after showing how many there are',
    details: `Actions: ${bulkVerbs.map(describeVerb).join(', ')}.\nA device must match all filters. On a terminal it asks for confirmation; elsewhere it does nothing without --yes. Devices that only match later are not touched. Exits with 1 if the action failed on a device or nothing was done.`,
    options: [
      ...filterOptions,
      new Option('--all', 'all devices'),
      new Option('--yes', 'do not ask for confirmation'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'device bulk hold "wait for 2.1" --system-version 2.0.0',
      'device bulk add-label site=berlin --search berlin- --yes',
      'device bulk clear --state rolled-back --compatible my-board',
    ],
    run: async ({ args: [verb = '', value], options, config }) => {
      const action = parseAction(verb, value);
      const filter = filterQuery(options);
      if (Object.keys(filter).length === 0 && options.all !== true) {
        throw new DomainError('configuration', 'no filter given', {
          remedy: 'Give a filter such as --label, or --all for all devices.',
        });
      }
      const client = await AdminClient.open(context, config);
      const { devices } = await allPages(client, filter);
      const ids = parseAnswer(z.array(deviceJson.pick({ id: true })), devices).map(({ id }) => id);
      const outcome: Outcome = { done: [], failed: [], unsure: [], notTried: ids };
      const isJson = options.json === true;
      try {
        if (await isWanted(context, ids, action, options)) await act(client, action, outcome);
      } finally {
        if (isJson) printJson(context, outcomeJson(ids, outcome));
        else tell(context, outcome);
      }
      return outcome.failed.length + outcome.notTried.length === 0 ? 0 : 1;
    },
  });
}

function describeVerb(verb: BulkVerb): string {
  const value = values[verb];
  if (value === null) return verb;
  return value.isNeeded ? `${verb} <${value.what}>` : `${verb} [${value.what}]`;
}

/** @throws DomainError `configuration` */
function parseAction(given: string, value: string | undefined): Action {
  const verb = bulkVerbs.find((one) => one === given);
  if (verb === undefined) {
    throw new DomainError('configuration', `${JSON.stringify(given.slice(0, 80))} is not an action`, {
      remedy: `Use one of ${bulkVerbs.join(', ')}.`,
    });
  }
  const wanted = values[verb];
  const isMissing = wanted?.isNeeded === true && (value === undefined || value === '');
  if (isMissing || (wanted === null && value !== undefined)) {
    throw new DomainError(
      'configuration',
      isMissing ? `${verb} needs a ${wanted.what}` : `${verb} takes no value`,
      {
        remedy: `Use: device bulk ${describeVerb(verb)}, then filters that select devices.`,
      },
    );
  }
  return { verb, value };
}

async function isWanted(
  context: CliContext,
  ids: readonly string[],
  { verb, value }: Action,
  { yes, json }: Flags,
): Promise<boolean> {
  const isAsked = yes !== true && canAsk(context);
  const say = (text: string) => {
    if (json !== true || isAsked) talk(context, text);
  };
  if (ids.length === 0) {
    say('no devices match');
    return false;
  }
  const named = ids.slice(0, 3).join(', ');
  const count = ids.length === 1 ? '1 device' : `${ids.length} devices`;
  say(`${count}: ${named}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''}`);
  if (yes === true) return true;
  const words = value === undefined ? verb : `${verb} ${value}`;
  if (isAsked && (await ask(context, `Apply "${words}" to ${count}?`))) return true;
  say('nothing was done; use --yes to skip the confirmation');
  return false;
}

/** Sends as many at a time as the server accepts. Also reports what was done when a later part fails. */
async function act(client: AdminClient, { verb, value }: Action, outcome: Outcome): Promise<void> {
  while (outcome.notTried.length > 0) {
    const part = outcome.notTried.slice(0, maxBulk);
    const rest = outcome.notTried.slice(maxBulk);
    try {
      const answer = await client.post<RequestOf<typeof bulkBody>>('/api/devices/actions', {
        action: verb,
        ids: part,
        value,
      });
      const { done, failed } = parseAnswer(bulkResultJson, answer);
      outcome.done.push(...done);
      outcome.failed.push(...failed);
    } catch (error) {
      if (leavesOpen(error)) Object.assign(outcome, { unsure: part, notTried: rest });
      throw error;
    }
    outcome.notTried = rest;
  }
}

function outcomeJson(ids: readonly string[], { done, failed, unsure, notTried }: Outcome): object {
  return { matched: ids.length, done, failed, unsure, not_tried: notTried };
}

function tell(context: CliContext, { done, failed, unsure, notTried }: Outcome): void {
  if (failed.length > 0) {
    print(
      context,
      formatTable(
        ['DEVICE', 'REASON'],
        failed.map(({ id, message }) => [id, message]),
      ),
    );
  }
  const counts = [
    [done.length, 'done'],
    [failed.length, 'failed'],
    [unsure.length, 'sent, but not answered'],
    [notTried.length, 'not tried'],
  ] as const;
  const words = counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  if (words.length > 0) talk(context, words.join(', '));
}
