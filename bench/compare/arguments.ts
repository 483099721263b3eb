import { parseArgs } from 'node:util';
import { type Case, cases } from './cases';

export const usage = `Compares this server with bare Node, nginx and others, and prints a Markdown table.

  npm run bench -- [--rounds N] [--rows ROW,...] [--node PATH]... [--json] [--smoke]

  --rounds N   how often everything is measured, in turn; 3 if left out
  --rows       only these, by name or the beginning of it: ${cases.map(({ id }) => id).join(', ')}
  --node       a Node binary to compare under; may be given several times; the one that runs this if left out
  --json       all samples, as JSON
  --smoke      little of everything: shows that it works, and its figures mean nothing`;

export interface Arguments {
  readonly rounds: number;
  readonly cases: readonly Case[];
  /** Paths. */
  readonly nodes: readonly string[];
  readonly isJson: boolean;
  readonly isSmoke: boolean;
}

/** @throws Error that says what is wrong with the arguments */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      rows: { type: 'string', default: '' },
      node: { type: 'string', multiple: true, default: [process.execPath] },
      json: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
    },
  });
  if (!/^[1-9]\d{0,2}$/.test(values.rounds))
    throw new Error(`--rounds must be a whole number, 1 or more, not ${values.rounds}`);
  return {
    rounds: Number(values.rounds),
    cases: values.rows === '' ? cases : namedCases(values.rows.split(',')),
    nodes: values.node,
    isJson: values.json,
    isSmoke: values.smoke,
  };
}

function namedCases(names: readonly string[]): readonly Case[] {
  const unknown = names.find((name) => !cases.some(({ id }) => id.startsWith(name)));
  if (unknown !== undefined)
    throw new Error(`there is no row ${unknown}; there are ${cases.map(({ id }) => id).join(', ')}`);
  return cases.filter(({ id }) => names.some((name) => id.startsWith(name)));
}
