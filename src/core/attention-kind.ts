/** The kinds of things that need attention. */
export const attentionKinds = [
  'database-restored',
  'failed',
  'rolled-back',
  'rejected',
  'lost',
  'interrupted',
  'stopped',
  'second-board',
  'other-compatible',
  'silent-poller',
  'silent',
  'over-budget',
  'waiting',
  'held',
  'paused-rollout',
  'bundle-untrusted',
  'images-mismatch',
  'signer-expiring',
  'downgrade-allowed',
  'certificate-expiring',
  'old-certificate',
  'ca-certificate-expiring',
  'server-certificate-expiring',
  'server-certificate-held-back',
  'server-certificate-misses-names',
  'webhook-failing',
  'webhook-full',
  'chore-failing',
  'storage',
  'storage-unwritable',
  'clock',
  'crashed',
] as const;

export type AttentionKind = (typeof attentionKinds)[number];

/** How many of its devices an item names at most. */
export const maxNamedDevices = 20;

/** How many items may be dismissed at a time. */
export const maxSubjects = 1_000;
