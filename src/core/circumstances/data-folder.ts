import type { Circumstances } from '../reasons/why';

/** What a check of modes finds in the data folder. */
export const dataFolderCircumstances = {
  'data-folder-missing': () => 'the folder does not exist',
  'data-owned-by-other': ({ user, owner }: { user: number; owner: number }) =>
    `it belongs to user ${user}, but the data folder belongs to user ${owner}`,
  'data-writable': () => 'other users can write to it',
  'data-readable': () => 'other users can read it',
  'data-on-read-only-disk': () => 'its file system is read-only',
  'data-not-writable': () => 'this user may not write to it',
} satisfies Circumstances;
