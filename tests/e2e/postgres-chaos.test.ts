import { setTimeout as delay } from 'node:timers/promises';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startedStates } from '../../src/core/installation-states';
import { patiencePolls } from '../../src/core/proof';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, temporaryFolder } from '../support/programs';
import { ReleaseTimeline } from '../support/release-timeline';
import { type Polled, RestlessBoard } from '../support/restless-board';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';
import { SseReader } from '../support/sse-reader';

/** How long servers are killed, frozen and cut off; `npm run test:chaos` takes half an hour. */
const chaosMs = Number(process.env['CHAOS_SECONDS'] ?? '20') * 1_000;
const boardCount = 8;
const atATime = 3;
const bundleNames = ['v2.0.0.raucb', 'v3.0.0.raucb'] as const;

jest.setTimeout(chaosMs + 240_000);

/** Each place of a release beyond the limit, at the end of the transaction that gave it away. */
const watchLimit = `
  CREATE TABLE excess (release_id integer, held integer);
  CREATE FUNCTION note_excess() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE held integer;
    BEGIN
      SELECT count(*) INTO held FROM installations WHERE release_id = new.release_id AND (
        state IN (${startedStates.map((state) => `'${state}'`).join(', ')})
        OR (state = 'offered' AND polls <= ${patiencePolls}
            AND offer_ends_at > to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')));
      IF held > ${atATime} THEN INSERT INTO excess VALUES (new.release_id, held); END IF;
      RETURN NULL;
    END $$;
  CREATE CONSTRAINT TRIGGER watch_excess AFTER INSERT OR UPDATE ON installations DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (new.release_id IS NOT NULL) EXECUTE FUNCTION note_excess()`;

interface Slot {
  readonly name: string;
  server: ServerProcess;
  /** Whether it is to answer now. */
  isUp: boolean;
}

describe('two servers that are killed, frozen and cut off from PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  let folder: string;
  let made: readonly MadeBundle[];
  let slots: readonly [Slot, Slot];
  let boards: readonly RestlessBoard[];
  let timeline: ReleaseTimeline;
  const wrong: Polled[] = [];
  let polls = 0;
  let changes = 0;
  const faults = new Map<string, number>();
  const streamed: number[] = [];
  const ending = new AbortController();

  const of = (...names: string[]) => path.join(folder, ...names);
  const start = (name: string) =>
    startServer({
      folder,
      env: { DATABASE_URL: url, BUNDLE_KEYRING: made[0]?.keyringPath ?? '' },
      args: ['--data-dir', of(name)],
    });
  const command = (...args: readonly string[]) =>
    mustRun(process.execPath, [entryPoint, ...args], {
      cwd: folder,
      env: { DATABASE_URL: url, DATA_DIR: of('data-a') },
    });
  const rows = (sql: string) => postgres.run(sql, 'chaos');
  const one = <Item>(items: readonly Item[]): Item => {
    const found = items[Math.floor(Math.random() * items.length)];
    if (found === undefined) throw new Error('there is none');
    return found;
  };
  const someSlot = () => one(slots.filter(({ isUp }) => isUp));
  const get = async (server: ServerProcess, where: string): Promise<unknown> =>
    (await fetch(`${server.adminUrl}${where}`)).json();
  const release = async (server: ServerProcess, bundle: string): Promise<boolean> => {
    const body = { bundle, max_in_progress: atATime, allow_downgrade: true };
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return (await fetch(`${server.adminUrl}/api/releases`, request)).ok;
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.create('chaos');
    folder = await temporaryFolder();
    made = [await makeBundle({ version: '2.0.0' }), await makeBundle({ version: '3.0.0' })];
    const a = await start('data-a');
    for (const [index, { path: file }] of made.entries()) {
      const name = bundleNames[index] ?? '';
      await command('bundle', 'upload', file, '--name', name, '--server', a.adminUrl);
      await mkdir(of('data-b/bundles'), { recursive: true, mode: 0o700 });
      await copyFile(file, of('data-b/bundles', name)); // as if both read it from an object store
    }
    const ids = Array.from({ length: boardCount }, (_, index) => `board-${index}`);
    for (const id of ids) await command('cert', 'device', id);
    slots = [
      { name: 'data-a', server: a, isUp: true },
      { name: 'data-b', server: await start('data-b'), isUp: true },
    ];
    await rows(watchLimit);
    expect(await release(a, bundleNames[0])).toBe(true);
    timeline = new ReleaseTimeline(bundleNames[0], () => performance.now());
    boards = ids.map((id) => {
      const own = of('certs/devices', id);
      return new RestlessBoard({
        id,
        files: { cert: `${own}.crt`, key: `${own}.key`, ca: of('certs/ca.crt') },
        someServer: () => someSlot().server.deviceUrl,
        onAnswer: note,
        signal: ending.signal,
      });
    });
  }, 240_000);

  function note(polled: Polled): void {
    polls += 1;
    if (polled.offered !== '' && !timeline.mayOffer(polled.offered, polled.sentMs, polled.answeredMs))
      wrong.push(polled);
  }

  /** People release now the one, now the other bundle, each time on any server. */
  async function changeReleases(): Promise<void> {
    for (let turn = 1; !ending.signal.aborted; turn += 1) {
      const bundle = bundleNames[turn % 2] ?? '';
      timeline.asked(bundle);
      if (await release(someSlot().server, bundle).catch(() => false)) {
        timeline.answered(bundle);
        changes += 1;
      }
      await delay(300 + Math.random() * 700);
    }
  }

  /** A reader of events that goes on where it was, on any server. */
  async function readEvents(): Promise<void> {
    while (!ending.signal.aborted) {
      const reader = await SseReader.open(
        `${someSlot().server.adminUrl}/api/events`,
        streamed.at(-1) ?? 0,
      ).catch(() => undefined);
      if (reader === undefined) {
        await delay(50);
        continue;
      }
      const stayMs = performance.now() + 1_000 + Math.random() * 4_000;
      while (!reader.isOver && performance.now() < stayMs && !ending.signal.aborted) await delay(20);
      reader.close();
      streamed.push(...reader.events.map(({ id }) => id));
    }
  }

  async function restart(slot: Slot): Promise<void> {
    slot.server = await start(slot.name);
    slot.isUp = true;
  }

  const doings: Readonly<Record<string, (slot: Slot) => Promise<void>>> = {
    async kill(slot) {
      slot.isUp = false;
      await slot.server.stop('SIGKILL');
      await restart(slot);
    },
    async freeze({ server }) {
      server.process.kill('SIGSTOP');
      await delay(500 + Math.random() * 12_000);
      server.process.kill('SIGCONT');
    },
    async cut() {
      await rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'",
      );
    },
    async stop(slot) {
      slot.isUp = false;
      await slot.server.stop('SIGTERM');
      await restart(slot);
    },
  };

  async function wreak(): Promise<void> {
    const end = performance.now() + chaosMs;
    const names = Object.keys(doings);
    for (let turn = 0; turn < names.length || performance.now() < end; turn += 1) {
      const name = names[turn] ?? one(names); // each of them once, then any
      await doings[name]?.(one(slots));
      faults.set(name, (faults.get(name) ?? 0) + 1);
      await delay(Math.random() * 2_000);
    }
  }

  it('give away no place twice, offer only what is released, and lose no line of the journal', async () => {
    const work = [...boards.map((board) => board.run()), changeReleases(), readEvents()];
    await wreak();
    ending.abort();
    await Promise.all(work);
    for (const { server } of slots) expect(server.process.exitCode).toBeNull(); // none ended by itself

    expect({ wrong, excess: await rows('SELECT * FROM excess') }).toEqual({ wrong: [], excess: [] });
    expect([...faults.keys()].sort()).toEqual(Object.keys(doings).sort());
    expect(polls).toBeGreaterThan(chaosMs / 100);
    expect(changes).toBeGreaterThan(chaosMs / 10_000);
  });

  it('agree afterwards about releases and devices, and have counted right', async () => {
    const [a, b] = slots.map(({ server }) => server);
    if (a === undefined || b === undefined) throw new Error('there are two');
    await eventually(async () => (await release(a, bundleNames[0])) && (await release(b, bundleNames[1])));
    for (const where of ['/api/releases', '/api/devices?limit=100'])
      await eventually(
        async () => JSON.stringify(await get(a, where)) === JSON.stringify(await get(b, where)),
      );
    const known = (await rows('SELECT id FROM devices ORDER BY id')) as readonly { readonly id: string }[];
    expect(known.map(({ id }) => id)).toEqual(boards.map(({ id }) => id).sort());
    const counted = `SELECT release_id, step, state, devices FROM release_outcomes WHERE devices <> 0 ORDER BY 1, 2, 3`;
    const recounted = `SELECT release_id, step, state, count(*)::integer AS devices FROM (
        SELECT DISTINCT ON (release_id, device) release_id, device, step, state FROM installations
          WHERE release_id IS NOT NULL ORDER BY release_id, device, id DESC) AS latest
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
    expect(await rows(counted)).toEqual(await rows(recounted));
  });

  it('have sent each line of the journal once, in order', async () => {
    const [{ server }] = slots;
    const reader = await SseReader.open(`${server.adminUrl}/api/events`, streamed.at(-1) ?? 0);
    const written = async () =>
      ((await rows('SELECT id FROM events ORDER BY id')) as { id: string }[]).map(({ id }) => Number(id));
    const count = (await written()).length;
    await eventually(() => streamed.length + reader.events.length >= count);
    reader.close();
    streamed.push(...reader.events.map(({ id }) => id));
    expect(streamed).toEqual(await written());
    if (process.env['CHAOS_SECONDS'] === undefined) return;
    const figures = { polls, changes, ...Object.fromEntries(faults), lines: streamed.length };
    process.stderr.write(`${JSON.stringify(figures)}\n`);
  });
});
