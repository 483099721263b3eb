import { DomainError } from '../../../src/core/errors';

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
});
