/**
 * Shows what this server and bare Node spend their time on, request by request, as Markdown tables: CPU profiles of their main threads
 * under the loads of `bench/compare`.
 *
 *   npm run bench:profile -- [--rows ROW,...] [--folders N] [--functions N]
 */
import { parseArgs } from 'node:util';
import { cases } from '../compare/cases';
import { contendersFor } from '../compare/contender';
import { stopPrograms } from '../compare/program';
import { prepareRig, type Rig } from '../compare/rig';
import { fullScale } from '../compare/scale';
import { prepareOurs } from '../compare/servers/ours';
import { selfTimes, type SelfTime } from './cpu-profile';
import { createOwnerOf } from './owners';
import { Recording } from './recording';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: 'poll,range-4k,range-128k,download' },
    folders: { type: 'string', default: '2' },
    functions: { type: 'string', default: '0' },
  },
});
/** Smaller parts are summed up. */
const leastShare = 0.01;

/** Microseconds of one request. */
type Costs = ReadonlyMap<string, number>;
const none: Costs = new Map();

async function run(): Promise<void> {
  const names = values.rows.split(',');
  const rows = cases.filter(({ id }) => names.some((name) => id.startsWith(name)));
  const rig = await prepareRig(fullScale, fullScale.pollers * rows.length);
  const node = { program: process.execPath, version: process.version };
  await prepareOurs(rig, node);
  const recording = new Recording(rig.folder);
  const recorded: Rig = { ...rig, record: (pid, work) => recording.record(pid, work) };
  const contenders = contendersFor([node]).filter(({ kind }) => kind === 'ours' || kind === 'bare');
  const ownerOf = createOwnerOf(Number(values.folders));
  for (const row of rows) {
    const costs: Costs[] = [];
    for (const contender of contenders) {
      const trial = await row.open(contender, recorded);
      await trial();
      const { latest } = recording;
      if (latest === undefined) throw new Error(`${row.id} cannot be profiled`);
      const times = selfTimes(latest.profile);
      costs.push(costsBy(ownerOf, times, latest.requests));
      if (contender.kind === 'ours') printFunctions(times, Number(values.functions));
    }
    const [ours = none, bare = none] = costs;
    console.log(`\n${row.figures[0]?.title ?? row.id}\n\n${table(ours, bare)}`);
  }
}

function costsBy(nameOf: (time: SelfTime) => string, times: readonly SelfTime[], requests: number): Costs {
  const costs = new Map<string, number>();
  for (const time of times) {
    const name = nameOf(time);
    costs.set(name, (costs.get(name) ?? 0) + time.microseconds / requests);
  }
  return costs;
}

function table(ours: Costs, bare: Costs): string {
  const total = sum(ours.values());
  const shown = (micros: number) => (micros === 0 ? '' : micros.toFixed(1));
  const line = (name: string, own: number, other: number) =>
    `| ${name} | ${shown(own)} | ${((own / total) * 100).toFixed(1)} % | ${shown(other)} |`;
  const all = [...new Set([...ours.keys(), ...bare.keys()])]
    .map((name) => [name, ours.get(name) ?? 0, bare.get(name) ?? 0] as const)
    .sort((one, other) => other[1] - one[1]);
  const isLarge = (entry: (typeof all)[number]) => Math.max(entry[1], entry[2]) >= leastShare * total;
  const small = all.filter((entry) => !isLarge(entry));
  return [
    '| µs of a request | this server | share | bare Node |\n| --- | --- | --- | --- |',
    ...all.filter(isLarge).map((entry) => line(...entry)),
    line('smaller parts', sum(small.map(([, own]) => own)), sum(small.map(([, , other]) => other))),
    line('all', total, sum(bare.values())),
  ].join('\n');
}

function printFunctions(times: readonly SelfTime[], count: number): void {
  const fileOf = createOwnerOf(Infinity);
  const nameOf = (time: SelfTime) =>
    `${time.frame.functionName === '' ? '(anonymous)' : time.frame.functionName}, ${fileOf(time)}`;
  const total = sum(times.map(({ microseconds }) => microseconds));
  const sorted = [...costsBy(nameOf, times, 1)].sort(([, one], [, other]) => other - one).slice(0, count);
  for (const [name, micros] of sorted) console.log(`${((micros / total) * 100).toFixed(1)} % ${name}`);
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const one of numbers) total += one;
  return total;
}

void run()
  .then(
    () => 0,
    (error: unknown) => {
      console.error(error);
      return 1;
    },
  )
  .then(async (code) => {
    await stopPrograms();
    process.exit(code);
  });
