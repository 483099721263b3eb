import type { Reasons } from './reason-words';

export const attentionReasons = {
  'nothing-to-dismiss': {
    code: 'not-found',
    says: ({ kind, unknown }: { kind: string; unknown: string }) =>
      `no item of kind ${kind} is shown for ${unknown}`,
    remedy: 'Check the overview: items that can be dismissed list their subjects.',
  },
} satisfies Reasons;
