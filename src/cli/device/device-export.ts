import type { Command } from 'commander';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import type { CliContext } from '../kernel/context';
import { copyAnswer } from '../kernel/copy-answer';
import { type DeviceFilter, filterOptions, filterQuery } from './device-filter';

/** `device export`: all matching devices, however many there are. */
export function addDeviceExport(device: Command, context: CliContext): void {
  addCommand<DeviceFilter>(device, context, {
    usage: 'export',
    summary: 'write all matching devices to standard output as CSV, or as JSON with --json',
    details:
      'A device must match all filters. Sorted by id, without paging. In CSV, a value that a spreadsheet would run as a formula is prefixed with an apostrophe. The export is complete only if the exit code is 0.',
    options: filterOptions,
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'device export > devices.csv',
      'device export --json --label site=berlin > berlin.json',
      'device export --last-contact-before 30d',
    ],
    run: async ({ options, config }) => {
      const { json, ...filter } = options;
      const client = await AdminClient.open(context, config);
      const query = new URLSearchParams(filterQuery(filter)).toString();
      const path = `/api/devices.${json === true ? 'json' : 'csv'}${query === '' ? '' : `?${query}`}`;
      await copyAnswer(client, path, context.terminal.stdout);
      return 0;
    },
  });
}
