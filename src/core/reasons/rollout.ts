import type { Reasons } from './reason-words';

const done = { promote: 'promoted', pause: 'paused', resume: 'resumed' } as const;

export const rolloutReasons = {
  'not-a-version-range': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) => `${JSON.stringify(text)} is not a range of versions`,
    remedy: ({ maxBounds }: { maxBounds: number }) =>
      `Write up to ${maxBounds} bounds as ">=10.4 <12", with <, <=, =, >= or > before each version.`,
  },
  'not-rollout-steps': {
    code: 'invalid-input',
    says: ({ text }: { text: string }) => `${JSON.stringify(text)} is not a list of rollout steps`,
    remedy: ({ maxSteps }: { maxSteps: number }) =>
      `Write 1 to ${maxSteps} steps as "5,25,100", "group:lab,10,100" or "attribute:product=gateway,100", with increasing percentages up to 100.`,
  },
  'release-not-current': {
    code: 'not-found',
    says: ({ releaseId }: { releaseId: number }) => `release ${releaseId} is not current`,
    remedy: 'List the releases: only a current release has a rollout.',
  },
  'rollout-in-another-step': {
    code: 'conflict',
    says: ({ step, fromStep }: { step: number; fromStep: number }) =>
      `the rollout is at step ${step + 1}, not at step ${fromStep + 1}`,
    remedy: 'Someone else has changed it: check the rollout again.',
  },
  'rollout-changed-since-count': {
    code: 'conflict',
    says: () => 'the rollout has changed since its devices were counted',
  },
  'rollout-in-last-step': {
    code: 'conflict',
    says: () => 'the rollout is already at its last step',
  },
  'rollout-aborted-already': {
    code: 'conflict',
    says: () => 'the rollout is already aborted',
  },
  'reason-too-long': {
    code: 'invalid-input',
    says: ({ maxLength }: { maxLength: number }) => `a reason may have at most ${maxLength} characters`,
  },
  'not-a-share': {
    code: 'invalid-input',
    says: ({ field }: { field: 'promote at' | 'pause at' }) =>
      `${field}: must be more than 0 and at most 100 percent`,
  },
  'not-a-count': {
    code: 'invalid-input',
    says: ({ field }: { field: 'pause at failures' | 'at a time' }) =>
      `${field}: must be a whole number, 1 or more`,
  },
  'rollout-not-running': {
    code: 'conflict',
    says: ({ state, action }: { state: string; action: keyof typeof done }) =>
      state === done[action]
        ? `the rollout is already ${state}`
        : `the rollout is ${state}, so it cannot be ${done[action]}`,
    remedy: ({ state }: { state: string }) =>
      state === 'aborted' ? 'Release the bundle again to start over.' : 'Check the rollout again.',
  },
} satisfies Reasons;
