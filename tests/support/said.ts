import { sayWhy } from '../../src/core/circumstances/sentences';
import type { Why } from '../../src/core/reasons/why';

/** Matches a reason by its sentence, wherever Jest compares values. @param sentence the whole of it, or a pattern */
export function said(sentence: string | RegExp): never {
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch(why: unknown): boolean {
      const isWhy = typeof why === 'string' || (typeof why === 'object' && why !== null && 'code' in why);
      if (!isWhy) return false;
      const text = sayWhy(why as Why);
      return typeof sentence === 'string' ? text === sentence : sentence.test(text);
    },
    toAsymmetricMatcher: () => `said(${String(sentence)})`,
    toString: () => 'said',
  } as never;
}
