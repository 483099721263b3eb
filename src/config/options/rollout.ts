import { count, period } from '../value-types/amount';
import { rolloutSteps } from '../value-types/text';
import { server } from './option';

/** What a release proposes, and how long its installations may take. */
export const rolloutOptions = {
  releaseSteps: server(
    'RELEASE_STEPS',
    rolloutSteps,
    '5,25,100',
    "Steps that the dashboard's release dialog proposes; `100` means all devices at once. The API and the command line release to all devices if you give no steps.",
  ),
  releasePauseAtFailures: server(
    'RELEASE_PAUSE_AT_FAILURES',
    count,
    '3',
    'Number of devices that may fail or roll back in a step before the rollout pauses, as proposed by the release dialog.',
  ),
  offerLifetime: {
    ...server(
      'OFFER_LIFETIME',
      period,
      '1h',
      'How long a device may still install a bundle after it was offered, even if another one has been released since.',
    ),
    unit: 'milliseconds',
  },
  lostAfter: {
    ...server(
      'LOST_AFTER',
      period,
      '14d',
      'Time without contact after which an installation counts as lost and a device as silent. Time during which the server is down does not count.',
    ),
    unit: 'milliseconds',
  },
  rollbackWindow: {
    ...server(
      'ROLLBACK_WINDOW',
      period,
      '1d',
      'A boot into the old version counts as a rollback if it happens within this time after the installation started or was proven.',
    ),
    unit: 'milliseconds',
  },
} as const;
