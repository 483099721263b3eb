/**
 * What a fleet costs: registers devices in a database, drives their polls through the services that the device listener
 * calls, and views the fleet the way administrators do. There is no TLS here: bench/compare measures that.
 *
 * npm run bench:fleet [-- [--postgres] DEVICES...]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureEmbedded } from './embedded';
import { measurePostgres } from './postgres';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { postgres: { type: 'boolean' } },
    allowPositionals: true,
  });
  const { measure, usual } =
    values.postgres === true
      ? { measure: measurePostgres, usual: [100, 50_000, 1_000_000] }
      : { measure: measureEmbedded, usual: [100, 5_000, 50_000] };
  const sizes = positionals.length === 0 ? usual : positionals.map(Number);
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-fleet-'));
  try {
    for (const devices of sizes) await measure(devices, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
