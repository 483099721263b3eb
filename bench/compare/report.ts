import type { Figure, Goal } from './cases';
import type { CaseResult } from './compare';
import type { Contender, Node } from './contender';
import { pairedRatios, type Spread, spreadOf } from './statistics';

/** One figure, as people and programs read it. */
interface Line {
  readonly caseId: string;
  readonly figure: Figure;
  readonly ours: readonly number[];
  readonly bare: readonly number[];
  readonly other: { readonly name: string; readonly samples: readonly number[] } | null;
}

/** A Markdown table for a Node version; other contenders have the same figures in each table. */
export function markdownTable(results: readonly CaseResult[], node: Node): string {
  const rows = linesOf(results, node).map(({ figure, ours, bare, other }) => {
    const cell = (samples: readonly number[]) =>
      samples.length === 0 ? '' : shown(spreadOf(samples), figure.digits);
    const ratio = (samples: readonly number[]) =>
      samples.length === 0 ? '' : shown(spreadOf(pairedRatios(ours, samples)), 2);
    return [
      `${figure.title}, ${figure.unit}`,
      cell(ours),
      cell(bare),
      figure.hasRatios ? ratio(bare) : '',
      other === null ? '' : `${other.name}: ${cell(other.samples)}`,
      other === null || !figure.hasRatios ? '' : ratio(other.samples),
      goalText(figure.goal),
    ];
  });
  const head = [
    ['', 'this server', `bare Node ${node.version}`, 'ratio', 'other', 'ratio', 'goal'],
    Array<string>(7).fill('---'),
  ];
  return [...head, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** All samples and their summary, for programs. */
export function jsonResults(results: readonly CaseResult[], nodes: readonly Node[]): readonly object[] {
  return nodes.flatMap((node) =>
    linesOf(results, node).map(({ caseId, figure, ours, bare, other }) => ({
      case: caseId,
      figure: figure.title,
      unit: figure.unit,
      node: node.version,
      ours: withSpread(ours),
      bare: bare.length === 0 ? null : withSpread(bare),
      ours_to_bare: figure.hasRatios && bare.length > 0 ? spreadOf(pairedRatios(ours, bare)) : null,
      other: other === null ? null : { name: other.name, ...withSpread(other.samples) },
      ours_to_other: other === null || !figure.hasRatios ? null : spreadOf(pairedRatios(ours, other.samples)),
    })),
  );
}

function withSpread(samples: readonly number[]): object {
  return { samples, ...spreadOf(samples) };
}

function linesOf(results: readonly CaseResult[], node: Node): readonly Line[] {
  return results.flatMap(({ case: { id, figures }, taken }) =>
    figures.map((figure, index) => {
      const samplesOf = (takesPart: (contender: Contender) => boolean) =>
        taken.find(({ contender }) => takesPart(contender))?.samples[index] ?? [];
      const isOf = (kind: 'ours' | 'bare') => (contender: Contender) =>
        contender.kind === kind && contender.node === node;
      const other = taken.find(({ contender: { kind } }) => kind !== 'ours' && kind !== 'bare');
      return {
        caseId: id,
        figure,
        ours: samplesOf(isOf('ours')),
        bare: samplesOf(isOf('bare')),
        other:
          other === undefined ? null : { name: other.contender.name, samples: other.samples[index] ?? [] },
      };
    }),
  );
}

function shown({ min, median, max }: Spread, digits: number): string {
  const text = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return min === max ? text(median) : `${text(median)} (${text(min)} to ${text(max)})`;
}

function goalText({ ofBare, ofOther, absolute }: Goal): string {
  return [
    ...(ofBare === undefined ? [] : [`${ofBare} of bare`]),
    ...(ofOther === undefined ? [] : [`${ofOther} of other`]),
    ...(absolute === undefined ? [] : [`${absolute}`]),
  ].join(', ');
}
