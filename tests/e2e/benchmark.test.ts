import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cases } from '../../bench/compare/cases';
import { run, temporaryFolder } from '../support/programs';

const root = path.resolve(__dirname, '../..');

/** The whole benchmark in a process of its own, with little of everything. */
function bench(args: readonly string[]) {
  const hook = path.join(root, 'tests/support/typescript-hook.js');
  const given = ['-r', hook, path.join(root, 'bench/compare/main.ts'), '--smoke', '--rounds', '1', ...args];
  return run(process.execPath, given, { cwd: root });
}

interface Result {
  readonly case: string;
  readonly unit: string;
  readonly ours: { readonly samples: readonly number[] };
  readonly bare: { readonly samples: readonly number[] } | null;
  readonly other: { readonly name: string; readonly samples: readonly number[] } | null;
}

it('measures this server, bare Node and another program in each case', async () => {
  const { code, stdout, stderr } = await bench(['--json']);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { results } = JSON.parse(stdout) as { results: Result[] };
  expect(results).toHaveLength(cases.flatMap(({ figures }) => figures).length);
  const others = new Map(results.map((result) => [result.case, result.other?.name ?? null]));
  expect(Object.fromEntries(others)).toEqual({
    'poll-new': 'nginx + FastAPI',
    'poll-resumed': 'nginx + FastAPI',
    'poll-kept': 'nginx + FastAPI',
    'range-4k-h1': 'nginx',
    'range-4k-h2': 'nginx',
    'range-128k-h1': 'nginx',
    'range-128k-h2': 'nginx',
    'range-cold': 'nginx',
    'range-three': 'nginx',
    'download-h1': 'nginx',
    'download-h2': 'nginx',
    upload: 'sha256sum + cp + sync',
    memory: 'nginx',
    start: null,
  });
  for (const { ours, bare, other } of results)
    for (const taken of [ours, bare, other])
      if (taken !== null) expect(taken.samples).toEqual([expect.any(Number)]);
  const withoutBare = results.filter(({ bare }) => bare === null).map((result) => result.case);
  expect([...new Set(withoutBare)]).toEqual(['range-cold', 'range-three']);
  const times = results.filter(({ unit }) => unit === 's');
  expect(
    times.flatMap(({ ours, bare }) => [...ours.samples, ...(bare?.samples ?? [])]).every((s) => s > 0),
  ).toBe(true);
}, 240_000);

it('ends with exit code 1 when anybody answers with wrong bytes, says who, and prints the rows before', async () => {
  const node = path.join(await temporaryFolder(), 'node');
  const fault = path.join(root, 'tests/support/wrong-bytes.js');
  await writeFile(node, `#!/bin/sh\nexec '${process.execPath}' -r '${fault}' "$@"\n`);
  await chmod(node, 0o755);
  const rows = 'range-4k-h2,range-128k-h1'; // over HTTP/2 its bytes are right
  const { code, stdout, stderr } = await bench(['--rows', rows, '--node', node, '--json']);
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/range-128k-h1, bare Node v[\d.]+: \d+ answers had wrong bytes/) as string,
  });
  const { results } = JSON.parse(stdout) as { results: Result[] };
  expect(results.map((result) => result.case)).toEqual(['range-4k-h2']);
});

it('ends with exit code 2 when a row is unknown, and names those that there are', async () => {
  const { code, stderr } = await bench(['--rows', 'poll,flight']);
  expect(code).toBe(2);
  expect(stderr).toContain('there is no row flight; there are poll-new, poll-resumed');
});
