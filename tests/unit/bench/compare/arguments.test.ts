import { readArguments } from '../../../../bench/compare/arguments';
import { cases } from '../../../../bench/compare/cases';

it('measures all rows in three rounds under the Node that runs it unless told otherwise', () => {
  expect(readArguments([])).toEqual({
    rounds: 3,
    cases,
    nodes: [process.execPath],
    isJson: false,
    isSmoke: false,
  });
});

it('takes rows by name or by how they begin, in the order of the table', () => {
  const { cases: some } = readArguments(['--rows', 'start,range-4k,poll-kept']);
  expect(some.map(({ id }) => id)).toEqual(['poll-kept', 'range-4k-h1', 'range-4k-h2', 'start']);
});

it('takes several Node binaries', () => {
  expect(readArguments(['--node', '/a/node', '--node', '/b/node']).nodes).toEqual(['/a/node', '/b/node']);
});

it.each([
  ['an unknown row', ['--rows', 'flight'], 'there is no row flight'],
  ['no round', ['--rounds', '0'], '--rounds'],
  ['half a round', ['--rounds', '1.5'], '--rounds'],
  ['an unknown option', ['--quick'], '--quick'],
])('refuses %s', (_what, args, told) => {
  expect(() => readArguments(args)).toThrow(told);
});
