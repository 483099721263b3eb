import { Shares } from '../../../src/http/admin/kernel/shares';
import { refusal } from '../../support/refusal';
import { runCommand } from '../../support/cli-harness';
import { fillJournal } from '../../support/large-journal';
import { temporaryFolder } from '../../support/programs';
import { openAdminListener } from './admin-listener';

interface Page {
  readonly events: readonly { readonly id: number }[];
  readonly next_before: number | null;
  readonly searched_until: string | null;
  readonly last_id: number;
}

const lines = 210_000;
const rare = '/api/events?bundle=rare.raucb';

it('searches a large journal in parts, and lets others in meanwhile', async () => {
  const admin = await openAdminListener();
  fillJournal(admin.opened.dataDir, lines, new Date('2026-01-01T00:00:00Z'));
  const get = async (path: string) => (await admin.http.get(path).expect(200)).body as Page;

  const first = await get(rare);
  expect(first).toMatchObject({ events: [], next_before: lines - 100_000 + 1, last_id: lines });
  expect(first.searched_until).toBe('2026-01-02T06:33:20.000Z');
  const second = await get(`${rare}&before=${first.next_before ?? ''}`);
  const third = await get(`${rare}&before=${second.next_before ?? ''}`);
  expect(third).toMatchObject({ events: [{ id: 1 }], next_before: null, searched_until: null });

  // The command line goes on by itself, and says so.
  const find = ['events', '--bundle', 'rare.raucb', '--server', admin.url];
  const options = { cwd: await temporaryFolder() };
  const listed = await runCommand(find, options);
  expect(listed.stdout).toMatch(/token\.created +local +line 0/);
  expect(listed.stderr.match(/searched back to 2026-01-0\dT\S+, continuing/g)).toHaveLength(2);
  const json = await runCommand([...find, '--json'], options);
  expect(JSON.parse(json.stdout)).toMatchObject({ events: [{ id: 1 }], next_before: null });
  expect(
    json.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toHaveLength(2);

  // What people did is found at once, however much devices did since.
  const byPeople = await runCommand(['events', '--people', '--server', admin.url], options);
  expect(byPeople.stdout).toMatch(/token\.created +local +line 0/);
  expect(byPeople.stdout).not.toContain('device:');
  expect(byPeople.stderr).toBe('');

  // Ten of one caller at a time, and one more is told to wait.
  const answers = await Promise.all(Array.from({ length: 14 }, () => admin.http.get(rare)));
  const statuses = answers.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(10);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers['retry-after']).toBe('5');
  expect(refused?.body).toMatchObject({
    code: 'too-many-requests',
    detail: 'local already has 10 searches under way',
  });
  expect((await admin.http.get('/metrics')).text).toMatch(/^rauc_searches_refused_total [1-4]$/m);
  await get(rare);
  await admin.close();
});

describe('a share', () => {
  const shares = () => new Shares({ what: 'search', perCaller: 2, inAll: 3, retryAfterSeconds: 1 });

  it('is one of each caller and one of all', () => {
    const all = shares();
    all.take('a');
    const giveBack = all.take('a');
    expect(() => all.take('a')).toThrow(refusal('too-many-requests'));
    all.take('b');
    expect(() => all.take('c')).toThrow(refusal('too-many-requests'));
    giveBack();
    giveBack();
    expect(all.size).toBe(2);
    all.take('c');
    expect(() => all.take('b')).toThrow(refusal('too-many-requests'));
    expect(all.refused).toBe(3);
  });

  it('comes back when the work fails', async () => {
    const all = shares();
    const fail = () => Promise.reject(new Error('no'));
    for (let turn = 0; turn < 5; turn += 1) await expect(all.during('a', fail)).rejects.toThrow('no');
    expect(all.size).toBe(0);
  });
});
