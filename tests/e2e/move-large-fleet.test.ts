import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../support/bundle-factory';
import { differentTables, multiplyDevice } from '../support/large-fleet';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, temporaryFolder } from '../support/programs';
import { entryPoint } from '../support/server-process';
import { openServices } from '../support/services';
import { SimulatedDevice } from '../support/simulated-device';

/** `npm run test:move` moves 100,000 devices. */
const asked = process.env['MOVE_DEVICES'];
const large = Number(asked ?? 3_000);
const small = 1_000;
const ofEach = { installations: 10, lines: 20 };
const growthBytes = 64 << 20;

describe('a move of a large fleet', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });

  /** Moves a fleet to PostgreSQL and back. @returns the most memory that each took, in bytes */
  async function moveThereAndBack(devices: number) {
    const folder = await temporaryFolder();
    const at = (...names: string[]) => path.join(folder, ...names);
    const url = await postgres.create(`fleet_${devices}`);
    await makeFleet(at('data'), devices);
    const move = async (args: readonly string[], env: NodeJS.ProcessEnv) => {
      const peak = at('peak');
      const begun = performance.now();
      const { stdout } = await mustRun(
        process.execPath,
        ['-r', path.join(__dirname, '../support/peak-memory.js'), entryPoint, 'move', '--json', ...args],
        { cwd: folder, env: { ...env, PEAK_MEMORY_FILE: peak } },
      );
      const { rows } = JSON.parse(stdout) as { readonly rows: number };
      expect(rows).toBeGreaterThan(devices * (3 + 2 * ofEach.installations + ofEach.lines));
      return {
        peakBytes: Number(await readFile(peak, 'utf8')),
        seconds: (performance.now() - begun) / 1000,
        rows,
      };
    };
    const out = await move(['--to-data-dir', 'data-pg'], { MOVE_TO_URL: url });
    const again = await move(['--to-data-dir', 'data-pg'], { MOVE_TO_URL: url });
    const back = await move(['--data-dir', 'data-pg', '--to', 'sqlite', '--to-data-dir', 'data-back'], {
      DATABASE_URL: url,
    });
    expect(differentTables(at('data/server.db'), at('data-back/server.db'))).toEqual([]);
    return { out, again, back };
  }

  it('takes hardly more memory than a small one, there, when it is repeated, and back', async () => {
    const few = await moveThereAndBack(small);
    const many = await moveThereAndBack(large);
    const ways = ['out', 'again', 'back'] as const;
    const growths = ways.map((way) => many[way].peakBytes - few[way].peakBytes);
    if (asked !== undefined)
      for (const [index, way] of ways.entries())
        process.stdout.write(
          `${way}: ${many[way].rows} rows in ${Math.round(many[way].seconds)} s, ${mib(many[way].peakBytes)} at most, ${mib(growths[index])} more than ${small} devices\n`,
        );
    expect(Math.max(...growths)).toBeLessThan(growthBytes);
  }, 3_600_000);
});

const mib = (bytes = 0) => `${bytes >> 20} MiB`;

/** A stopped installation, whose devices have installed a release and failed. */
async function makeFleet(dataDir: string, devices: number): Promise<void> {
  const now = () => new Date();
  const opened = await openServices({ dataDir, now });
  const { path: file } = await makeBundle({ version: '1.0.0' });
  await opened.publish(file, { name: 'v1.raucb', activate: true });
  await opened.services.manageDevices.create(
    'board-1',
    { labels: ['lab'] },
    { name: 'local', address: null },
  );
  const device = new SimulatedDevice(opened.services, 'board-1', { now });
  await device.poll();
  await device.begin('t-1');
  await device.report('failed', { transactionId: 't-1', log: 'x'.repeat(1_000) });
  await opened.close();
  multiplyDevice(dataDir, { devices, ...ofEach });
}
