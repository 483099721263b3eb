import { camelCase, snakeCase } from '../../../../src/base/text/field-names';

describe('names of fields', () => {
  it('are written as the API writes them, and read back', () => {
    const facts = { name: 'a', maxLength: 7, retryAfterSeconds: [1] };
    expect(snakeCase(facts)).toEqual({ name: 'a', max_length: 7, retry_after_seconds: [1] });
    expect(camelCase(snakeCase(facts))).toEqual(facts);
  });
});
