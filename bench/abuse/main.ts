/**
 * What honest devices notice while one device attacks the server. Prints a Markdown table; docs/performance.md explains it.
 *
 *   npm run bench:abuse [-- SECONDS [ATTACK...]]
 */
import { cpus } from 'node:os';
import { attackNames } from './attacks';
import { openAbuseBench } from './measure';

const [secondsEach = '20', ...chosen] = process.argv.slice(2);
const seconds = Number(secondsEach);
const mib = 1 << 20;

async function main(): Promise<void> {
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${seconds} s each\n`,
  );
  console.log('| attack | honest requests | failed | median ms | 99 % under ms | memory grew by MiB |');
  console.log('|---|---|---|---|---|---|');
  for (const attack of [
    null,
    ...attackNames.filter((name) => chosen.length === 0 || chosen.includes(name)),
  ]) {
    const bench = await openAbuseBench();
    const { requests, failures, medianMs, p99Ms, grownBytes } = await bench.measure(attack, seconds);
    const cells = [
      attack ?? 'none',
      requests,
      failures.length,
      medianMs.toFixed(1),
      p99Ms.toFixed(0),
      (grownBytes / mib).toFixed(0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
    await bench.close();
  }
}

void main();
