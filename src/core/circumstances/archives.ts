import type { Circumstances } from '../reasons/why';

interface Entry {
  name: string;
}

/** How an archive is damaged. */
export const archiveCircumstances = {
  'entry-misplaced': ({ name }: Entry) => `${name} is not where it belongs`,
  'contents-too-long': () => 'its list of contents is too long',
  'archive-cut-short': () => 'it was cut short',
  'entry-changed': ({ name }: Entry) => `${name} has changed since the backup`,
} satisfies Circumstances;
