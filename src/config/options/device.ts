import { count, countOrNone } from '../value-types/amount';
import { choice } from '../value-types/choice';
import { server } from './option';

/** What devices may do, and when a bundle is not tried again. */
export const deviceOptions = {
  newDevices: server(
    'NEW_DEVICES',
    choice('admit', 'wait'),
    'admit',
    'What happens at the first contact of a device that nobody made ahead: it is admitted, or waits until a person admits it.',
  ),
  secondBoards: server(
    'SECOND_BOARDS',
    choice('answer', 'refuse'),
    'answer',
    'What happens to a second board that uses the certificate of another: it is answered for itself and nothing is concluded from it, or it is refused with 403. People are told either way.',
  ),
  maxTries: server(
    'MAX_TRIES',
    count,
    '1',
    "How often a bundle may fail or be rolled back on a device before it is not offered there until a person clears it; where RAUC's own poller tells too little to know, how often it may be downloaded.",
  ),
  maxInterruptions: server(
    'MAX_INTERRUPTIONS',
    count,
    '5',
    'How often a reboot may interrupt the installation of a bundle on a device before it is not offered there until a person clears it.',
  ),
  failAfterPolls: server(
    'FAIL_AFTER_POLLS',
    countOrNone,
    '0',
    "After how many polls of RAUC's own poller without a reboot a download that has stopped counts as failed; 0 for never, because the device may wait for its reboot.",
  ),
} as const;
