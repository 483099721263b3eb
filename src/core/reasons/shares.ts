import type { Reasons } from './reason-words';

/** Things that callers hold for a while, in the plural. */
const many = {
  search: 'searches under way',
  download: 'downloads under way',
  'event-stream': 'event streams',
} as const;

export type Shared = keyof typeof many;

/** What to do when there are too many. */
const remedies: Readonly<Record<Shared, string>> = {
  search: 'Wait for their answers, then retry.',
  download: 'Wait until one of them is complete, then retry.',
  'event-stream': 'Close one, use a separate token for each job, or read /api/events without a stream.',
};

interface Share {
  what: Shared;
  actor: string;
  /** Always more than one. */
  count: number;
}

/** About resources that callers share. */
export const shareReasons = {
  'share-used-up': {
    code: 'too-many-requests',
    says: ({ what, actor, count }: Share) => `${actor} already has ${count} ${many[what]}`,
    remedy: ({ what }: Share) => remedies[what],
  },
  'shares-used-up': {
    code: 'too-many-requests',
    says: ({ what, count }: Share) => `there are already ${count} ${many[what]}`,
    remedy: ({ what }: Share) => remedies[what],
  },
} satisfies Reasons;
