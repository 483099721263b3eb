import type { Reasons } from './reason-words';

export const attentionReasons = {
  'nothing-to-dismiss': {
    code: 'not-found',
    says: ({ kind, unknown }: { kind: string; unknown: string }) =>
      `nothing of the kind ${kind} is shown for ${unknown}`,
    remedy: 'Read the overview: an item that can be dismissed names its subjects.',
  },
} satisfies Reasons;
