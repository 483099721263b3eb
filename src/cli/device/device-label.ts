import { type Command, Option } from 'commander';
import { parseLabel } from '../../core/device';
import { DomainError } from '../../core/errors';
import type { CliContext } from '../kernel/context';
import { addDeviceAction } from './device-action';
import { collect } from '../cert/issue-options';
import type { RequestOf } from '../../contract/request';
import type { deviceChangeBody } from '../../contract/device';

interface Flags {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

export function addDeviceLabel(device: Command, context: CliContext): void {
  addDeviceAction<Flags>(device, context, {
    usage: 'label <id> [labels...]',
    summary: 'add and remove labels of a device; the others stay',
    details: 'A label given as it is, or with a + before it, is added.',
    options: [
      new Option('--add <label>', 'add this one; can be given several times').argParser(collect),
      new Option('--remove <label>', 'remove this one; can be given several times').argParser(collect),
    ],
    examples: ['device label board-1 lab site=berlin', 'device label board-1 --add lab --remove old'],
    ask: (client, path, words, { add = [], remove = [] }) => {
      const added = [...words.map((word) => word.replace(/^\+/, '')), ...add].map(parseLabel);
      if (added.length + remove.length === 0)
        throw new DomainError('invalid-input', 'no label is given', {
          remedy: 'Name those to add, and those to --remove.',
        });
      return client.patch<RequestOf<typeof deviceChangeBody>>(path, {
        add_labels: added,
        remove_labels: remove.map(parseLabel),
      });
    },
    tell: ({ labels }) => (labels.length === 0 ? 'it has no labels' : `labels: ${labels.join(', ')}`),
  });
}
