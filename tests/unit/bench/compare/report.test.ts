import { cases } from '../../../../bench/compare/cases';
import type { CaseResult } from '../../../../bench/compare/compare';
import { contendersFor } from '../../../../bench/compare/contender';
import { jsonResults, markdownTable } from '../../../../bench/compare/report';

const node20 = { program: '/usr/bin/node', version: 'v20.19.0' };
const node24 = { program: '/opt/node', version: 'v24.1.0' };
const [ours20, ours24, bare20, bare24, nginx] = contendersFor([node20, node24]);

function resultsOf(id: string, samples: readonly (readonly number[])[][]): readonly CaseResult[] {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no case ${id}`);
  const taken = [ours20, ours24, bare20, bare24, nginx].flatMap((contender, index) => {
    const those = samples[index];
    return contender === undefined || those === undefined ? [] : [{ contender, samples: those }];
  });
  return [{ case: found, taken }];
}

const range = resultsOf('range-4k-h1', [
  [[100, 120, 110]],
  [[90, 90, 90]],
  [[50, 40, 55]],
  [[45, 45, 45]],
  [[25, 24, 22]],
]);

it('shows median, least and most of each, the ratios of each round, and the goal', () => {
  expect(markdownTable(range, node20).split('\n')).toEqual([
    '|  | this server | bare Node v20.19.0 | ratio | other | ratio | goal |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    '| 4 KiB range, HTTP/1.1, µs | 110 (100 to 120) | 50 (40 to 55) | 2.00 (2.00 to 3.00) | nginx: 24 (22 to 25) | 5.00 (4.00 to 5.00) | 1.25 of bare |',
  ]);
});

it('compares this server with the bare one of the same Node', () => {
  expect(markdownTable(range, node24)).toContain('| 90 | 45 | 2.00 | nginx: 24 (22 to 25) |');
});

it('shows no ratio where a figure may be nothing', () => {
  const memory = resultsOf('memory', [[[200], [30]], [], [[100], [0]]]);
  expect(markdownTable(memory, node20).split('\n').slice(2)).toEqual([
    '| memory of stalled downloads, MiB | 200 | 100 |  |  |  | 300 |',
    '| memory kept after they ended, MiB | 30 | 0 |  |  |  | 60 |',
  ]);
});

it('has all samples for programs', () => {
  expect(jsonResults(range, [node20])).toEqual([
    {
      case: 'range-4k-h1',
      figure: '4 KiB range, HTTP/1.1',
      unit: 'µs',
      node: 'v20.19.0',
      ours: { samples: [100, 120, 110], min: 100, median: 110, max: 120 },
      bare: { samples: [50, 40, 55], min: 40, median: 50, max: 55 },
      ours_to_bare: { min: 2, median: 2, max: 3 },
      other: { name: 'nginx', samples: [25, 24, 22], min: 22, median: 24, max: 25 },
      ours_to_other: { min: 4, median: 5, max: 5 },
    },
  ]);
});
