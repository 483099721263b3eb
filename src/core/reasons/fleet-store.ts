import type { Reasons } from './reason-words';

const previousVersion = 'The previous version can still use it.';

/** About a store that cannot do now what it was asked to do. */
export const fleetStoreReasons = {
  'devices-of-release-change': {
    code: 'unavailable',
    says: ({ releaseId }: { releaseId: number }) => `the devices of release ${releaseId} change too fast`,
    remedy: 'Try again.',
  },
  'device-changes': {
    code: 'unavailable',
    says: ({ deviceId }: { deviceId: string }) => `the device ${deviceId} changes too fast`,
    remedy: 'Try again.',
  },
  'search-too-slow': {
    code: 'unavailable',
    says: ({ seconds }: { seconds: number }) => `the search took longer than ${seconds} s`,
    remedy: 'Narrow the search, or retry. If it persists, check whether the disk is slow.',
  },
  'searches-waiting': {
    code: 'unavailable',
    says: () => 'too many searches are already waiting',
    remedy: 'Try again in a moment.',
  },
  'upgrade-not-possible': {
    code: 'configuration',
    says: ({ file, why }: { file: string; why: string; whatToDo: string | null }) =>
      `${file} must be upgraded, but ${why}`,
    remedy: ({ whatToDo }: { whatToDo: string | null }) =>
      `${whatToDo === null ? '' : `${whatToDo} `}${previousVersion}`,
  },
  'upgrade-failed': {
    code: 'configuration',
    says: ({ file, why }: { file: string; why: string | null; whatToDo: string | null }) =>
      `${file} cannot be upgraded${why === null ? '' : `: ${why}`}. Nothing was changed`,
    remedy: ({ whatToDo }: { whatToDo: string | null }) =>
      whatToDo === null ? `${previousVersion} Please report this message.` : `${whatToDo} ${previousVersion}`,
  },
} satisfies Reasons;
