import { count, period } from '../value-types/amount';
import { rolloutSteps } from '../value-types/text';
import { server } from './option';

/** What a release proposes, and how long its installations may take. */
export const rolloutOptions = {
  releaseSteps: server(
    'RELEASE_STEPS',
    rolloutSteps,
    '5,25,100',
    'Steps that the release dialog of the dashboard proposes; `100` is everyone at once. The API and the command line release to everyone when no steps are given.',
  ),
  releasePauseAtFailures: server(
    'RELEASE_PAUSE_AT_FAILURES',
    count,
    '3',
    'After how many devices that failed or rolled back in a step a rollout pauses: what the release dialog proposes.',
  ),
  offerLifetime: {
    ...server(
      'OFFER_LIFETIME',
      period,
      '1h',
      'How long a device may still install what it was told of, also when another bundle was released meanwhile.',
    ),
    unit: 'milliseconds',
  },
  lostAfter: {
    ...server(
      'LOST_AFTER',
      period,
      '14d',
      'After how long without a contact an installation counts as lost, and a device as silent. The time in which the server is off does not count.',
    ),
    unit: 'milliseconds',
  },
  rollbackWindow: {
    ...server(
      'ROLLBACK_WINDOW',
      period,
      '1d',
      'How long after the begin of an installation, or its proof, a boot into the old version counts as a rollback.',
    ),
    unit: 'milliseconds',
  },
} as const;
