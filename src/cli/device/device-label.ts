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
    summary: 'add and remove labels of a device; other labels are kept',
    details: 'Labels given as arguments are added, with or without a leading +.',
    options: [
      new Option('--add <label>', 'add this label; repeatable').argParser(collect),
      new Option('--remove <label>', 'remove this label; repeatable').argParser(collect),
    ],
    examples: ['device label board-1 lab site=berlin', 'device label board-1 --add lab --remove old'],
    ask: (client, path, words, { add = [], remove = [] }) => {
      const added = [...words.map((word) => word.replace(/^\+/, '')), ...add].map(parseLabel);
      if (added.length + remove.length === 0)
        throw new DomainError('invalid-input', 'no labels given', {
          remedy: 'Name labels to add, or labels to remove with --remove.',
        });
      return client.patch<RequestOf<typeof deviceChangeBody>>(path, {
        add_labels: added,
        remove_labels: remove.map(parseLabel),
      });
    },
    tell: ({ labels }) => (labels.length === 0 ? 'it has no labels' : `labels: ${labels.join(', ')}`),
  });
}
