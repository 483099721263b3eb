import type { Command } from 'commander';
import type { z } from 'zod';
import { deviceJson } from '../../contract/device';
import { installationJson } from '../../contract/installation';
import type { Read } from '../../contract/reader';
import { parseDeviceId } from '../../core/device';
import { AdminClient } from '../kernel/admin-client';
import { addCommand, type CommandSpec } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { parseAnswer } from '../kernel/server-answer';
import { shownPin } from './shown-pin';

/** What the commands read about a device. */
const shownDevice = deviceJson
  .pick({ id: true, channel: true, labels: true, notes: true })
  .extend({ pin: shownPin, installation: installationJson.pick({ bundle: true, state: true }).nullable() });

/** A command that changes one device and then shows it. */
export interface DeviceActionSpec<Options> extends Omit<CommandSpec<Options>, 'configKeys' | 'run'> {
  /**
   * @param path the device's path, without a trailing slash
   * @param args the arguments after the id
   * @returns the server's answer: the device
   */
  readonly ask: (
    client: AdminClient,
    path: string,
    args: readonly string[],
    options: Options,
  ) => Promise<unknown>;
  /** Reports the result to people. */
  readonly tell: (device: Read<z.infer<typeof shownDevice>>) => string;
}

export function addDeviceAction<Options extends object>(
  parent: Command,
  context: CliContext,
  { ask, tell, ...spec }: DeviceActionSpec<Options>,
): void {
  addCommand<Options>(parent, context, {
    ...spec,
    configKeys: ['server', 'token', 'tokenFile'],
    run: async ({ args: [id = '', ...args], options, config }) => {
      const path = devicePath(id);
      const client = await AdminClient.open(context, config);
      const answer = await ask(client, path, args, options);
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const device = parseAnswer(shownDevice, answer);
      print(context, device.id);
      talk(context, tell(device));
      return 0;
    },
  });
}

/** @throws DomainError `invalid-input` for an invalid device id */
export function devicePath(id: string): string {
  return `/api/devices/${encodeURIComponent(parseDeviceId(id))}`;
}
