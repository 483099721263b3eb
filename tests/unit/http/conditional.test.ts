import {
  type Conditions,
  evaluateConditions,
  rangeCounts,
  type Validators,
} from '../../../src/http/conditional';

const none: Conditions = {
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifUnmodifiedSince: undefined,
  ifModifiedSince: undefined,
};
/** HTTP dates have whole seconds; what is stored has more. */
const current: Validators = { etag: '"abc"', lastModified: new Date('2026-11-02T12:00:00.789Z') };
const then = 'Mon, 02 Nov 2026 12:00:00 GMT';
const before = 'Mon, 02 Nov 2026 11:59:59 GMT';
const after = 'Mon, 02 Nov 2026 12:00:01 GMT';

it.each<[Partial<Conditions>, 'proceed' | 'not-modified' | 'failed']>([
  [{}, 'proceed'],

  [{ ifMatch: '"abc"' }, 'proceed'],
  [{ ifMatch: ' * ' }, 'proceed'],
  [{ ifMatch: '"x", "abc"' }, 'proceed'],
  [{ ifMatch: '"x","abc"' }, 'proceed'],
  [{ ifMatch: 'W/"abc"' }, 'failed'],
  [{ ifMatch: '"ab"' }, 'failed'],
  [{ ifMatch: 'abc' }, 'failed'],
  [{ ifMatch: '' }, 'failed'],
  [{ ifMatch: '"*"' }, 'failed'],

  [{ ifUnmodifiedSince: then }, 'proceed'],
  [{ ifUnmodifiedSince: after }, 'proceed'],
  [{ ifUnmodifiedSince: before }, 'failed'],
  [{ ifUnmodifiedSince: 'yesterday' }, 'proceed'],
  [{ ifMatch: '"abc"', ifUnmodifiedSince: before }, 'proceed'],
  [{ ifMatch: '"x"', ifUnmodifiedSince: after }, 'failed'],

  [{ ifNoneMatch: '"abc"' }, 'not-modified'],
  [{ ifNoneMatch: 'W/"abc"' }, 'not-modified'],
  [{ ifNoneMatch: '"x", W/"y" ,"abc"' }, 'not-modified'],
  [{ ifNoneMatch: ' * ' }, 'not-modified'],
  [{ ifNoneMatch: '"x"' }, 'proceed'],
  [{ ifNoneMatch: 'abc' }, 'proceed'],
  [{ ifNoneMatch: '' }, 'proceed'],

  [{ ifModifiedSince: then }, 'not-modified'],
  [{ ifModifiedSince: after }, 'not-modified'],
  [{ ifModifiedSince: before }, 'proceed'],
  [{ ifModifiedSince: 'yesterday' }, 'proceed'],
  [{ ifNoneMatch: '"x"', ifModifiedSince: after }, 'proceed'],
  [{ ifNoneMatch: '"abc"', ifModifiedSince: before }, 'not-modified'],

  [{ ifMatch: '"x"', ifNoneMatch: '"abc"' }, 'failed'],
  [{ ifMatch: '"abc"', ifNoneMatch: '"abc"' }, 'not-modified'],
  [{ ifUnmodifiedSince: before, ifNoneMatch: '"abc"' }, 'failed'],
  [{ ifUnmodifiedSince: then, ifModifiedSince: then }, 'not-modified'],
])('%j: %s', (conditions, expected) => {
  expect(evaluateConditions({ ...none, ...conditions }, current)).toBe(expected);
});

it.each([[{ ifModifiedSince: after }], [{ ifUnmodifiedSince: before }]])(
  '%j does not count where no date is told',
  (conditions) => {
    expect(evaluateConditions({ ...none, ...conditions }, { ...current, lastModified: null })).toBe(
      'proceed',
    );
  },
);

it.each([
  [undefined, true],
  ['"abc"', true],
  [then, true],
  ['W/"abc"', false],
  ['"x"', false],
  ['"x", "abc"', false],
  ['*', false],
  ['', false],
  [before, false],
  [after, false],
  ['2026-11-02T12:00:00Z', false],
])('with If-Range %j a range counts: %j', (ifRange, expected) => {
  expect(rangeCounts(ifRange, current)).toBe(expected);
});

it('lets no date stand for a range where none is told', () => {
  expect(rangeCounts(then, { ...current, lastModified: null })).toBe(false);
  expect(rangeCounts('"abc"', { ...current, lastModified: null })).toBe(true);
});
