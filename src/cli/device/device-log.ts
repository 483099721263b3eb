import { type Command, InvalidArgumentError, Option } from 'commander';
import { deviceJson } from '../../contract/device';
import { installationJson, installationLogJson } from '../../contract/installation';
import { DomainError } from '../../core/errors';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson } from '../kernel/context';
import { devicePath } from './device-action';
import { parseAnswer } from '../kernel/server-answer';

const deviceWithLatest = deviceJson
  .pick({ id: true })
  .extend({ installation: installationJson.pick({ id: true }).nullable() });

export function addDeviceLog(device: Command, context: CliContext): void {
  addCommand<{ readonly installation?: number }>(device, context, {
    usage: 'log <id>',
    summary: "show the log from a device's latest report",
    options: [
      new Option('--installation <number>', 'of this installation instead of the latest').argParser(
        parseNumber,
      ),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device log board-1', 'device log board-1 --installation 17'],
    run: async ({ args: [id = ''], options, config }) => {
      const path = devicePath(id);
      const client = await AdminClient.open(context, config);
      const installation = options.installation ?? (await latest(client, path));
      if (installation === undefined) throw new DomainError('not-found', `${id} has no installations`);
      const answer = await client.get(`/api/installations/${installation}/log`);
      if (options.json === true) printJson(context, answer);
      else print(context, parseAnswer(installationLogJson.pick({ log: true }), answer).log.trimEnd());
      return 0;
    },
  });
}

async function latest(client: AdminClient, path: string): Promise<number | undefined> {
  return parseAnswer(deviceWithLatest, await client.get(path)).installation?.id;
}

function parseNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('Use the number of an installation.');
  return Number(text);
}
