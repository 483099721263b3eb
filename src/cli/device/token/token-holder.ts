import { Option } from 'commander';
import type { z } from 'zod';
import { deviceTokenJson } from '../../../contract/device-token';
import { DomainError } from '../../../core/errors';
import { type CliContext, print, printJson, talk } from '../../kernel/context';
import { formatInstant } from '../../kernel/printable';
import { parseAnswer } from '../../kernel/server-answer';
import { devicePath } from '../device-action';

export interface HolderFlags {
  readonly gateway?: boolean;
}

export const gatewayOption = new Option('--gateway', 'the gateway token, which all devices share');

/**
 * The path of a device's token, or of the gateway token.
 * @throws DomainError `configuration` unless exactly one of the two is named
 */
export function tokenPath(id: string | undefined, { gateway = false }: HolderFlags): string {
  if (gateway === (id !== undefined))
    throw new DomainError('configuration', 'name either a device or --gateway', {
      remedy: 'For example: device token show board-1, or device token show --gateway.',
    });
  return id === undefined ? '/api/gateway-token' : `${devicePath(id)}/token`;
}

/** Only the token goes to standard output, so that it can be written to a file. */
export function printToken(context: CliContext, answer: unknown, isJson: boolean): void {
  if (isJson) {
    printJson(context, answer);
    return;
  }
  const { token, previous_until: until }: z.infer<typeof shown> = parseAnswer(shown, answer);
  print(context, token);
  if (until !== null) talk(context, `The previous token stays valid until ${formatInstant(until)}.`);
}

const shown = deviceTokenJson.pick({ token: true, previous_until: true });
