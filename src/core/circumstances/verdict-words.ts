import type { Verdict } from '../inspection';

/** What people read of a verdict. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  trusted: 'trusted',
  unchecked: 'not checked',
  untrusted: 'untrusted',
  broken: 'broken',
  opaque: 'opaque',
};
