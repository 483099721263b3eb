import type { Command } from 'commander';
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
import { addDeviceLabel } from './device-label';
import { addDeviceList } from './device-list';
import { addDeviceLog } from './device-log';
import { addDeviceNote } from './device-note';
import { addDevicePin } from './device-pin';
import { addDeviceRevoke } from './device-revoke';
import { addDeviceShow } from './device-show';
import { addDeviceUnhold } from './device-unhold';
import { addDeviceUnpin } from './device-unpin';

/** The commands about devices of a running server, in the order of the help. */
export const deviceCommands: readonly ((device: Command, context: CliContext) => void)[] = [
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
];
