import { sayWhy } from '../../circumstances/sentences';
import { usualRemedy } from '../usual-remedy';
import type { Why } from '../why';
import type { Findings } from './doctor-words';

/** Findings that any check may have. */
export const anyFindings = {
  'check-timed-out': {
    says: ({ limitMs }: { limitMs: number }) => `this check timed out after ${limitMs / 1_000} s`,
    remedy: 'Check whether a disk or the network is stuck, then retry.',
  },
  'check-failed': {
    says: ({ why }: { why: string }) => `this check failed: ${why}`,
    remedy: 'Run doctor as the user that runs the server.',
  },
  /** A sentence from elsewhere, such as that of a failure. */
  'as-told': {
    says: ({ what }: { what: Why; remedy: Why | null }) => sayWhy(what),
    remedy: ({ remedy }: { remedy: Why | null }) => (remedy === null ? usualRemedy : sayWhy(remedy)),
  },
} satisfies Findings;
