import { z } from 'zod';
import { readerOf } from '../../../src/contract/reader';

const state = z.enum(['running', 'paused']);

describe('the reader of an answer', () => {
  it('drops fields that it does not know, at every depth', () => {
    const schema = z.strictObject({ list: z.array(z.strictObject({ id: z.number() })) });
    const sent = { list: [{ id: 1, more: true }], more: 1 };
    expect(readerOf(schema).parse(sent)).toEqual({ list: [{ id: 1 }] });
  });

  it('keeps them where the schema does', () => {
    const sent = { id: 1, more: true };
    expect(readerOf(z.looseObject({ id: z.number() })).parse(sent)).toEqual(sent);
  });

  it.each([
    ['in a list', z.array(state), ['running', 'aborted']],
    ['in a record', z.record(z.string(), state), { a: 'aborted' }],
    ['that may be missing', z.object({ state: state.optional() }), { state: 'aborted' }],
    ['that may be nothing', state.nullable(), 'aborted'],
  ])('takes a word %s that a newer server has added', (_where, schema, sent) => {
    expect(schema.safeParse(sent).success).toBe(false);
    expect(readerOf(schema).parse(sent)).toEqual(sent);
  });

  it.each([
    ['a number for a word', state, 1],
    ['a missing field', z.object({ state }), {}],
    ['nothing where there must be something', z.object({ id: z.number() }), { id: null }],
    ['text where there must be an instant', z.object({ at: z.iso.datetime() }), { at: 'yesterday' }],
  ])('refuses %s', (_what, schema, sent) => {
    expect(readerOf(schema).safeParse(sent).success).toBe(false);
  });
});
