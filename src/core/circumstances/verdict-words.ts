import type { Verdict } from '../inspection';

/** The words that people see for a verdict. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  trusted: 'trusted',
  unchecked: 'not checked',
  untrusted: 'untrusted',
  broken: 'broken',
  opaque: 'opaque',
};
