import type { Command } from 'commander';
import { importedTokensJson, type importTokensBody, maxImportedTokens } from '../../../contract/device-token';
import type { RequestOf } from '../../../contract/request';
import { AdminClient } from '../../kernel/admin-client';
import { addCommand } from '../../kernel/command';
import { type CliContext, printJson, talk } from '../../kernel/context';
import { judgingFile, readInput } from '../../kernel/input-file';
import { parseAnswer } from '../../kernel/server-answer';
import { readTargets, type Target } from './read-targets';

export function addDeviceTokenImport(token: Command, context: CliContext): void {
  addCommand(token, context, {
    usage: 'import <file>',
    summary: 'import devices with their existing tokens, for example from hawkBit',
    details:
      "The file is CSV with lines of controllerId,securityToken, or the JSON of hawkBit's GET /rest/v1/targets; - for standard input. Unknown devices are created and admitted. Importing the same file again changes nothing.",
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device token import targets.csv', 'device token import targets.json'],
    run: async ({ args: [file = ''], options, config }) => {
      const input = await readInput(context, file, 'the list of devices');
      const targets = await judgingFile(file, () =>
        Promise.resolve().then(() => readTargets(input.toString())),
      );
      const client = await AdminClient.open(context, config);
      const failed: { id: string; message: string }[] = [];
      let [created, changed] = [0, 0];
      for (const tokens of requestsFor(targets)) {
        const answer = await client.post<RequestOf<typeof importTokensBody>>('/api/device-tokens/import', {
          tokens,
        });
        const done = parseAnswer(importedTokensJson, answer);
        created += done.created;
        changed += done.changed;
        failed.push(...done.failed);
      }
      if (options.json === true) printJson(context, { created, changed, failed });
      else {
        talk(context, `${targets.length} read: ${created} created, ${changed} with a new token`);
        for (const { id, message } of failed) talk(context, `error: ${id}: ${message}`);
      }
      return failed.length === 0 ? 0 : 1;
    },
  });
}

/** The server reads 64 KiB of JSON. */
const requestLimitBytes = 60 << 10;

/** Divides targets among as few requests as the server accepts: they are limited by number and by size. */
function* requestsFor(targets: readonly Target[]): Generator<Target[]> {
  let tokens: Target[] = [];
  let sizeBytes = 0;
  for (const target of targets) {
    const ownBytes = Buffer.byteLength(JSON.stringify(target)) + 1;
    const isFull = tokens.length === maxImportedTokens || sizeBytes + ownBytes > requestLimitBytes;
    if (isFull && tokens.length > 0) {
      yield tokens;
      tokens = [];
      sizeBytes = 0;
    }
    tokens.push(target);
    sizeBytes += ownBytes;
  }
  if (tokens.length > 0) yield tokens;
}
