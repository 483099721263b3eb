import { count, countOrNone, period } from '../value-types/amount';
import { choice, flag } from '../value-types/choice';
import { server } from './option';

/** What devices may do, and when a bundle is not tried again. */
export const deviceOptions = {
  newDevices: server(
    'NEW_DEVICES',
    choice('admit', 'wait'),
    'admit',
    'What to do with a device that makes contact before it was created: admit it, or let it wait for admission.',
  ),
  ddiPollInterval: {
    ...server(
      'DDI_POLL_INTERVAL',
      period,
      '5m',
      "How often clients of hawkBit's device protocol should ask for updates: 1 second to a day.",
    ),
    unit: 'milliseconds',
  },
  ddiDownloadAhead: server(
    'DDI_DOWNLOAD_AHEAD',
    flag,
    'false',
    "Offer a release to clients of hawkBit's device protocol before its maintenance window opens: they download at once and install when it opens. Meanwhile `rauc-hawkbit-updater` polls every five seconds.",
  ),
  secondBoards: server(
    'SECOND_BOARDS',
    choice('answer', 'refuse'),
    'answer',
    "What to do with a second board that uses another board's certificate: answer it without letting it change the device's state, or refuse it with 403. Either way it needs attention.",
  ),
  maxTries: server(
    'MAX_TRIES',
    count,
    '1',
    "How many times a bundle may fail or roll back on a device. After that, it is not offered there until you run `device clear`. If RAUC's own poller reports too little to tell, complete downloads are counted instead.",
  ),
  maxInterruptions: server(
    'MAX_INTERRUPTIONS',
    count,
    '5',
    'How many times a reboot may interrupt the installation of a bundle on a device. After that, it is not offered there until you run `device clear`.',
  ),
  failAfterPolls: server(
    'FAIL_AFTER_POLLS',
    countOrNone,
    '0',
    "Number of polls by RAUC's own poller without a reboot after which a stopped download counts as failed. 0 means never, because the device may be waiting for its reboot.",
  ),
} as const;
