/**
 * What a slow disk costs a device that reads ranges: its rate under other load, alternately with the disk as it is and
 * with each sync 50 ms slower (tests/support/held-disk.c). The load is equally frequent in both, so that the ratio
 * shows waiting and not work. It uses the built server and real connections.
 *
 * npm run bench:disk
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rangeLoad } from '../../tests/support/range-load';
import { pairedRatios, spreadOf } from '../compare/statistics';
import { type Load, loads } from './loads';
import { prepareRig, type Rig } from './rig';

const rounds = 5;
const requests = 3_000;
const delayMs = 50;
/** The share of its rate that a device should keep. */
const goal = 0.9;

const nothing: Load['run'] = () => Promise.resolve();

/** Ranges per second under other load. */
async function measure(rig: Rig, meanwhile: Load['run']): Promise<number> {
  const stop = new AbortController();
  const other = meanwhile(rig, stop.signal);
  const { url, copy, reader: files } = rig;
  const load = { url, copy, files, requests, parallel: 1, rangeBytes: 4096 };
  const { errors, wrong, seconds } = await rangeLoad(load);
  stop.abort();
  await other;
  if (errors + wrong > 0) throw new Error(`${errors} ranges failed, ${wrong} were wrong`);
  return requests / seconds;
}

interface Rates {
  readonly usual: number[];
  readonly slow: number[];
}

async function measureRound(rig: Rig, alone: number[], rates: readonly Rates[]): Promise<void> {
  alone.push(await measure(rig, nothing));
  for (const [index, { run }] of loads.entries()) {
    rates[index]?.usual.push(await measure(rig, run));
    rig.disk.delay(delayMs);
    rates[index]?.slow.push(await measure(rig, run));
    rig.disk.go();
  }
}

function show(alone: readonly number[], rates: readonly Rates[]): void {
  const rate = (samples: readonly number[]) => spreadOf(samples).median.toFixed(0);
  console.log(`Alone: ${rate(alone)} ranges a second. Medians of ${rounds} rounds:\n`);
  console.log(
    `| meanwhile | ranges a second | syncs ${delayMs} ms slower | ratio | goal |\n|---|---|---|---|---|`,
  );
  for (const [index, { title }] of loads.entries()) {
    const { usual, slow } = rates[index] ?? { usual: [], slow: [] };
    const { min, median, max } = spreadOf(pairedRatios(slow, usual));
    const ratio = `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
    console.log(`| ${title} | ${rate(usual)} | ${rate(slow)} | ${ratio} | ${goal.toFixed(1)} |`);
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'rss-bench-'));
  try {
    const rig = await prepareRig(folder);
    const alone: number[] = [];
    const rates: Rates[] = loads.map(() => ({ usual: [], slow: [] }));
    for (let round = 0; round < rounds; round += 1) await measureRound(rig, alone, rates);
    await rig.server.stop();
    show(alone, rates);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
