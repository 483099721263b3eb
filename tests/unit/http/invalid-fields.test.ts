import { z } from 'zod';
import { invalidFields, sayInvalidField, sayIssue } from '../../../src/http/invalid-fields';

const schema = z.object({
  body: z.strictObject({
    id: z.string().max(3),
    labels: z.array(z.string()).optional(),
    limit: z.string().regex(/^\d+$/, 'not a whole number').optional(),
    held: z.boolean().optional(),
    state: z.enum(['on', 'off', 'auto']).optional(),
  }),
});

function problemsOf(body: unknown): string[] {
  const { error } = schema.safeParse({ body }, { error: sayIssue });
  return invalidFields(error?.issues ?? []).map(sayInvalidField);
}

describe('what is wrong with a request', () => {
  it.each([
    [{}, 'body.id: is missing'],
    [{ id: 1 }, 'body.id: must be text'],
    [{ id: 'abcd' }, 'body.id: must have at most 3 characters'],
    [{ id: 'a', labels: 'x' }, 'body.labels: must be a list'],
    [{ id: 'a', labels: [1] }, 'body.labels.0: must be text'],
    [{ id: 'a', held: 'no' }, 'body.held: must be true or false'],
    [{ id: 'a', state: 'of' }, 'body.state: must be "on", "off" or "auto"'],
    [{ id: 'a', limit: 'x' }, 'body.limit: not a whole number'],
    [{ id: 'a', z: 1 }, 'body: has no "z"'],
    [null, 'body: must be an object'],
  ])('is told of %j', (body, problem) => {
    expect(problemsOf(body)).toEqual([problem]);
  });

  it('is told of the whole without a name', () => {
    expect(sayInvalidField({ field: '', message: 'must be an object' })).toBe('must be an object');
  });
});
