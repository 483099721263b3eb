import type { Reasons } from './reason-words';

interface Place {
  compatible: string;
  channel: string;
}

export const releaseReasons = {
  'bundle-for-another-compatible': {
    code: 'conflict',
    says: ({ name, own, asked }: { name: string; own: string | null; asked: string }) =>
      `${name} is for ${own ?? 'no compatible'}, not for ${asked}`,
    remedy: 'Check the compatible. Force it only if these devices accept the bundle.',
  },
  'bundle-compatible-unknown': {
    code: 'invalid-input',
    says: ({ name }: { name: string }) => `the compatible of ${name} is unknown`,
    remedy: 'Name the compatible of the devices, because the manifest of this bundle cannot be read.',
  },
  'catalog-changed': {
    code: 'conflict',
    says: () => 'bundles or releases changed while this was being decided',
    remedy: 'Check them, then try again.',
  },
  'nothing-current': {
    code: 'not-found',
    says: ({ compatible }: { compatible: string }) => `nothing is current for ${compatible}`,
    remedy: 'List the releases to see the compatibles that have one.',
  },
  'went-back-already': {
    code: 'conflict',
    says: ({ name, releaseId }: { name: string; releaseId: number }) =>
      `someone has already gone back; the previous release is now ${name} (release ${releaseId})`,
    remedy: ({ releaseId }: { releaseId: number }) =>
      `To go further back, name it: "expected_release": ${releaseId} in the API. GET /api/releases/back shows which release would come back.`,
  },
  'never-proven': {
    code: 'conflict',
    says: ({ name }: { name: string }) => `${name} was never proven on a device`,
    remedy:
      'Release a proven bundle, or force it: --unproven on the command line, "unproven": true in the API.',
  },
  'release-offered-already': {
    code: 'conflict',
    says: ({ releaseId }: { releaseId: number }) =>
      `release ${releaseId} has already been offered to a device`,
    remedy: 'Go back to the previous release, or abort the rollout.',
  },
  'no-such-release': {
    code: 'not-found',
    says: ({ releaseId }: { releaseId: number }) => `there is no release ${releaseId}`,
    remedy: 'List the releases to see their ids.',
  },
  'release-not-current-any-more': {
    code: 'conflict',
    says: ({ releaseId }: { releaseId: number }) => `release ${releaseId} is no longer current`,
    remedy: 'Check the history of the channel and decide again.',
  },
  'another-is-current': {
    code: 'conflict',
    says: ({ releaseId, name, currentId }: { releaseId: number; name: string; currentId: number | null }) =>
      `release ${releaseId} is no longer current: ${name} is now${currentId === null ? '' : ` (release ${currentId})`}`,
    remedy: 'Check the release that is current now and decide again.',
  },
  'release-was-brought-back': {
    code: 'conflict',
    says: ({ releaseId }: { releaseId: number }) =>
      `release ${releaseId} was brought back: there is nothing to undo`,
    remedy: 'Go back to the previous release, or release another bundle.',
  },
  'version-untellable': {
    code: 'conflict',
    says: ({ name, length, maxLength }: { name: string; length: number; maxLength: number }) =>
      `devices cannot report the version of ${name}: it ${length > maxLength ? `has ${length} characters` : 'is not plain text'}`,
    remedy: ({ maxLength }: { maxLength: number }) =>
      `Build it with a version of 1 to ${maxLength} printable characters, no leading or trailing spaces.`,
  },
  'nothing-before': {
    code: 'not-found',
    says: ({ compatible, channel }: Place) => `nothing was current for ${compatible} (${channel}) before`,
    remedy: 'Activate a bundle, or deactivate to offer nothing.',
  },
  'all-before-aborted': {
    code: 'not-found',
    says: ({ compatible, channel }: Place) =>
      `every earlier release of ${compatible} (${channel}) was aborted`,
    remedy: 'Activate a bundle, or deactivate to offer nothing.',
  },
  'nothing-before-meanwhile': {
    code: 'conflict',
    says: ({ why }: { why: string }) => `${why}: someone has released a bundle or gone back in the meantime`,
    remedy: 'Check the history of the channel and decide again.',
  },
  'another-before-meanwhile': {
    code: 'conflict',
    says: ({ name, releaseId }: { name: string; releaseId: number }) =>
      `the previous release is now ${name} (release ${releaseId}): someone has released a bundle or gone back in the meantime`,
    remedy: 'Check the history of the channel and decide again.',
  },
} satisfies Reasons;
