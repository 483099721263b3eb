import { DomainError } from '../../../src/core/errors';
import { catalogue } from '../../../src/core/reasons/catalogue';
import type { ReasonWords } from '../../../src/core/reasons/reason-words';
import { remedyOf } from '../../../src/core/reasons/sentences';

describe('an expected failure', () => {
  it('has a code, a sentence, and what was said beside', () => {
    const cause = new Error('below');
    const options = { cause, remedy: 'Try again.', details: { field: 'name' } };
    expect(new DomainError('conflict', 'it is there', options)).toMatchObject({
      name: 'DomainError',
      code: 'conflict',
      message: 'it is there',
      ...options,
    });
  });

  it('has no cause when none was given, not even an undefined one', () => {
    const error = new DomainError('not-found', 'it is not there');
    expect('cause' in error).toBe(false);
    expect(error).toMatchObject({ remedy: undefined, details: undefined });
  });

  it('has a reason of the catalogue, which says its kind, its words and what to do', () => {
    const error = DomainError.of('no-such-webhook', { name: 'chat' });
    expect(error).toMatchObject({
      code: 'not-found',
      reason: { code: 'no-such-webhook', parameters: { name: 'chat' } },
    });
    expect(error.message).toContain('chat');
    expect(error.remedy).toBe(remedyOf({ code: 'no-such-webhook', parameters: { name: 'chat' } }));
  });

  it('is of another kind where the circumstances say so', () => {
    const cause = new Error('below');
    const error = DomainError.of('server-stops', {}, { code: 'conflict', cause, details: { a: 1 } });
    expect(error).toMatchObject({ code: 'conflict', cause, details: { a: 1 } });
  });

  it('takes no reason without what its sentence needs', () => {
    // @ts-expect-error: the name is missing
    const withoutName = () => DomainError.of('no-such-webhook', {});
    // @ts-expect-error: a number is not a name
    const withNumber = () => DomainError.of('no-such-webhook', { name: 1 });
    // @ts-expect-error: no such reason
    const unknown = () => DomainError.of('no-such-reason', {});
    expect([withoutName, withNumber, unknown]).toHaveLength(3);
  });
});

describe('the catalogue of reasons', () => {
  const entries = Object.entries<ReasonWords>(catalogue);

  it.each(entries)('has a sentence for %s that goes on after a colon', (code, { says }) => {
    const said: unknown = says(new Proxy({}, { get: () => ['x'] }) as never);
    const sentence = String(said); // some pass on a parameter as it is
    expect({ code, sentence }).toEqual({ code, sentence: expect.stringMatching(/[^.\s]$/) as string });
  });
});
