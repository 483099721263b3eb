/**
 * Compares the built server with the least that Node can do, with nginx, and with other programs that do the same, and
 * prints a Markdown table; docs/performance.md explains it. The exit code is 1 when any request was answered wrongly; rows
 * that were complete by then are still printed.
 *
 *   npm run bench
 */
import { cpus } from 'node:os';
import { mustRun } from '../../tests/support/programs';
import { type Arguments, readArguments, usage } from './arguments';
import { type CaseResult, compare } from './compare';
import { contendersFor, type Node } from './contender';
import { stopPrograms } from './program';
import { jsonResults, markdownTable } from './report';
import { prepareRig, type Rig } from './rig';
import { fullScale, smokeScale } from './scale';
import { prepareOurs } from './servers/ours';

async function run({ rounds, cases, nodes: programs, isJson, isSmoke }: Arguments): Promise<void> {
  const nodes = await Promise.all(programs.map(askVersion));
  const [first] = nodes;
  if (first === undefined) throw new Error('there is no Node to compare under');
  const scale = isSmoke ? smokeScale : fullScale;
  console.error('preparing certificates and a bundle');
  const rig = await prepareRig(scale, scale.pollers * rounds);
  await prepareOurs(rig, first);
  const contenders = contendersFor(nodes);
  const onCase = (title: string) => console.error(`measuring: ${title}`);
  const results: CaseResult[] = [];
  try {
    for await (const result of compare(rig, { cases, contenders, rounds, onCase })) results.push(result);
  } finally {
    // What was measured before a failure still counts.
    if (results.length > 0) print(results);
  }

  function print(complete: readonly CaseResult[]): void {
    if (isJson) {
      const json = { machine: machine(), rounds, results: jsonResults(complete, nodes) };
      console.log(JSON.stringify(json, null, 2));
      return;
    }
    console.log(`${conditions(rig, rounds)}\n`);
    for (const node of nodes) console.log(`${markdownTable(complete, node)}\n`);
  }
}

async function askVersion(program: string): Promise<Node> {
  const { stdout } = await mustRun(program, ['--version']);
  return { program, version: stdout.trim() };
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}`;
}

function conditions({ cores }: Rig, rounds: number): string {
  const places =
    cores.server === cores.load ? 'server and load share a core' : 'server and load on a core each';
  return `${machine()}; ${rounds} rounds, median (min to max); ${places}`;
}

async function main(): Promise<number> {
  let given: Arguments;
  try {
    given = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  try {
    await run(given);
    return 0;
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`);
    return 1;
  } finally {
    await stopPrograms();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(128));
void main().then((code) => process.exit(code));
