import type { Command } from 'commander';
import { addGroup } from '../kernel/command';
import type { CliContext } from '../kernel/context';
import { addDeviceAdmit } from './device-admit';
import { addDeviceBulk } from './device-bulk';
import { addDeviceCancel } from './device-cancel';
import { addDeviceChannel } from './device-channel';
import { addDeviceClear } from './device-clear';
import { addDeviceCreate } from './device-create';
import { addDeviceExplain } from './device-explain';
import { addDeviceExport } from './device-export';
import { addDeviceForget } from './device-forget';
import { addDeviceHold } from './device-hold';
import { addDeviceKit } from './device-kit';
import { addDeviceLabel } from './device-label';
import { addDeviceList } from './device-list';
import { addDeviceLog } from './device-log';
import { addDeviceNote } from './device-note';
import { addDevicePin } from './device-pin';
import { addDeviceRevoke } from './device-revoke';
import { addDeviceShow } from './device-show';
import { addDeviceTokenCommands } from './token/device-token-commands';
import { addDeviceUnhold } from './device-unhold';
import { addDeviceUnpin } from './device-unpin';

/** In the order of the help. */
const commands = [
  addDeviceList,
  addDeviceExport,
  addDeviceShow,
  addDeviceExplain,
  addDeviceLog,
  addDeviceCreate,
  addDeviceAdmit,
  addDeviceHold,
  addDeviceUnhold,
  addDevicePin,
  addDeviceUnpin,
  addDeviceChannel,
  addDeviceLabel,
  addDeviceNote,
  addDeviceClear,
  addDeviceCancel,
  addDeviceRevoke,
  addDeviceForget,
  addDeviceBulk,
  addDeviceKit,
  addDeviceTokenCommands,
];

export function addDeviceCommands(program: Command, context: CliContext): void {
  const device = addGroup(program, 'device', 'manage the devices of a running server', [
    'device list --state failed',
    'device explain board-1',
    'device hold board-1 --reason "on the test bench"',
    'device kit board-1 --server-url https://updates.example.com:8443',
  ]);
  for (const add of commands) add(device, context);
}
