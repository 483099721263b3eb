import type { AdminServices } from '../../../src/http/admin/kernel/admin-options';
import { makeBundle } from '../../support/bundle-factory';
import { runCommand } from '../../support/cli-harness';
import { eventually } from '../../support/eventually';
import { temporaryFolder } from '../../support/programs';
import { SimulatedDevice } from '../../support/simulated-device';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = () => new Date('2026-11-02T12:00:00Z');

let admin: AdminListener;
let cwd: string;

/** `board-1` was told of `v1.raucb`; `board-2` failed on it. */
beforeEach(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener({ now });
  await admin.opened.publish((await makeBundle()).path, { name: 'v1.raucb', activate: true });
  await device('board-1').poll();
  await device('board-2').poll();
  await device('board-2').report('failed', { log: 'line 1\n\u001b[2Jline 2\n' });
});

afterEach(() => admin.close());

const device = (id: string) => new SimulatedDevice(admin.opened.services, id, { now });
const run = (...args: string[]) => runCommand(['device', ...args, '--server', admin.url], { cwd });

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

/** Another server that shows the same devices, but for the changes. */
const openChanged = (change: Partial<AdminServices['listFleet']>) =>
  openAdminListener({
    now,
    changeServices: () => ({ listFleet: { ...admin.services.listFleet, ...change } }),
  });

const known = async (id: string) => (await admin.opened.services.manageDevices.get(id)).device;

describe('device export', () => {
  it('writes what fits as CSV, or as JSON', async () => {
    const csv = await run('export', '--state', 'failed');
    expect(csv).toMatchObject({ code: 0, stderr: '' });
    expect(csv.stdout).toMatch(/^id,compatible,[^\r]*\r\nboard-2,test-board,[^\r]*\r\n$/);
    const { devices } = await json<{ devices: { id: string; system_version: string }[] }>('export');
    expect(devices.map(({ id }) => id)).toEqual(['board-1', 'board-2']);
    expect(devices[0]?.system_version).toBe('0.9.0');
  });

  it('lets no device command the terminal', async () => {
    const person = { name: 'local', address: null };
    await admin.opened.services.manageDevices.change('board-1', { notes: 'red \u001b[31m\nline 2' }, person);
    const args = ['device', 'export', '--search', 'red', '--server', admin.url];
    const plain = await runCommand(args, { cwd });
    expect(plain.stdout).toContain('red \u001b[31m\nline 2');
    const onTerminal = await runCommand(args, { cwd, isStdoutTerminal: true });
    expect(onTerminal.stdout).toContain('red \\u{1b}[31m\nline 2');
    expect(onTerminal.stdout).not.toMatch(/[\u001b\r]/);
  });

  it('says why the server refuses, and that an answer was cut short', async () => {
    const { listFleet } = admin.services;
    const cut = await openChanged({
      walk: (filter, afterId) =>
        afterId === ''
          ? listFleet.walk(filter, afterId).then(({ devices }) => ({ devices, next: 'board-1' }))
          : Promise.reject(new Error('the disk is gone')),
    });
    const failed = await runCommand(['device', 'export', '--server', cut.url], { cwd });
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('board-1,');
    expect(failed.stderr).toMatch(/^error: no answer from http/);
    await cut.close();
    const gone = await runCommand(['device', 'export', '--server', cut.url], { cwd });
    expect(gone).toMatchObject({ code: 1, stdout: '' });
    const json = await runCommand(['device', 'export', '--state', 'strange', '--server', admin.url], { cwd });
    expect(json).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('device list', () => {
  it('shows the fleet, and says how to go on', async () => {
    const whole = await run('list');
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(whole.stdout).toMatch(
      /^DEVICE +COMPATIBLE +VERSION +CHANNEL +STATE +BUNDLE +LAST CONTACT +LABELS$/m,
    );
    expect(whole.stdout).toMatch(
      /^board-2 +test-board +0\.9\.0 +stable +✗ failed +v1\.raucb +2026-11-02T12:00:00Z +-$/m,
    );
    expect(await run('list', '--compatible', 'no-board')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no devices match\n',
    });
    const part = await run('list', '--limit', '1');
    expect(part.stdout).not.toContain('board-2');
    const place = /--after (\S+),/.exec(part.stderr)?.[1] ?? '';
    expect((await run('list', '--limit', '1', '--after', place)).stdout).toContain('board-2');
  });

  it('says that a large total is an estimate', async () => {
    const { listFleet } = admin.services;
    const large = await openChanged({
      list: async (query) => ({ ...(await listFleet.list(query)), total: 98_765, totalIsEstimate: true }),
    });
    const list = ['device', 'list', '--limit', '1', '--server', large.url];
    expect((await runCommand(list, { cwd })).stderr).toMatch(/^1 of about 98765; continue with --after /);
    const asJson = await runCommand([...list, '--json'], { cwd });
    expect(JSON.parse(asJson.stdout)).toMatchObject({ total: 98_765, total_is_estimate: true });
    await large.close();
  });

  it('calls a device up to date that runs what is current, also after a failure', async () => {
    const stateOf = async (id: string) => {
      const line = (await run('list')).stdout.split('\n').find((one) => one.startsWith(id)) ?? '';
      return line.split(/ {2,}/)[4];
    };
    await new SimulatedDevice(admin.opened.services, 'current', { now, version: '1.0.0' }).poll();
    expect(await stateOf('current')).toBe('✓ up to date');
    expect(await stateOf('board-2')).toBe('✗ failed');
    // Somebody has brought it there by other means.
    await new SimulatedDevice(admin.opened.services, 'board-2', { now, version: '1.0.0' }).poll();
    expect(await stateOf('board-2')).toBe('✓ up to date');
    expect((await run('show', 'board-2')).stdout).toContain('✗ failed');
    await run('hold', 'board-2');
    expect(await stateOf('board-2')).toBe('# held, ✗ failed');
  });

  it('filters and sorts', async () => {
    await admin.opened.services.manageDevices.change(
      'board-1',
      { labels: ['lab'], channel: 'beta' },
      { name: 'x', address: null },
    );
    const ids = async (...flags: string[]) =>
      (await json<{ devices: { id: string }[] }>('list', ...flags)).devices.map(({ id }) => id);
    expect(await ids('--state', 'failed')).toEqual(['board-2']);
    expect(await ids('--label', 'lab', '--channel', 'beta', '--search', 'OARD-1')).toEqual(['board-1']);
    expect(
      await ids('--system-version', '0.9.0', '--compatible', 'test-board', '--release', '1', '--desc'),
    ).toEqual(['board-2', 'board-1']);
    expect(await ids('--held')).toEqual([]);
    expect(await ids('--pinned')).toEqual([]);
    expect(await ids('--waiting')).toEqual([]);
    expect(await ids('--sort', 'state')).toEqual(['board-2', 'board-1']);
  });

  it('finds those that were last heard before a time, or so long ago', async () => {
    const ids = async (when: string) =>
      (await json<{ devices: { id: string }[] }>('list', '--last-contact-before', when)).devices;
    expect(await ids('1h')).toEqual([]);
    expect(await ids('2026-11-02T12:00:00.001Z')).toHaveLength(2);
    expect(await run('list', '--last-contact-before', 'yesterday')).toMatchObject({ code: 2, stdout: '' });
  });

  it('puts all pages together', async () => {
    const polls = Array.from({ length: 1_005 }, (_, index) => device(`dev-${index}`).poll());
    await Promise.all(polls);
    // An answer does not wait for a busy disk.
    await eventually(async () => (await admin.opened.services.listFleet.attention()).devices === 1_007);
    const { devices, next, total } = await json<{
      devices: { id: string; certificates: object[] }[];
      next: null;
      total: number;
    }>('list', '--all');
    expect({ next, total, unique: new Set(devices.map(({ id }) => id)).size }).toEqual({
      next: null,
      total: 1_007,
      unique: 1_007,
    });
    expect(devices[0]).toEqual((await admin.http.get('/api/devices/board-1')).body);
  });
});

describe('device show, explain and log', () => {
  it('show a device and its latest installations', async () => {
    await run('hold', 'board-2', '--reason', 'smoke');
    const { stdout } = await run('show', 'board-2');
    expect(stdout).toMatch(/^Hold +by local since 2026-11-02T12:00:00Z: smoke$/m);
    expect(stdout).toMatch(/^\d+ +v1\.raucb +1\.0\.0 +✗ failed /m);
    const shown = await json<{ device: object; installations: object[] }>('show', 'board-2');
    expect(shown.device).toEqual((await admin.http.get('/api/devices/board-2')).body);
    expect(shown.installations).toHaveLength(1);
  });

  it('show on which terms a device is pinned', async () => {
    const person = { name: 'script', address: null };
    const window = { schedule: '0 0 2 ? * *', duration: '01:00:00', timezone: '+00:00' };
    const terms = { kind: 'soft', forcedAt: new Date('2999-01-01T00:00:00Z'), window } as const;
    const { manageDevices } = admin.opened.services;
    await manageDevices.pin('board-1', 'v1.raucb', person);
    expect((await run('show', 'board-1')).stdout).not.toMatch(/^Pin terms/m);
    await manageDevices.pin('board-1', 'v1.raucb', person, terms);
    const { stdout } = await run('show', 'board-1');
    expect(stdout).toMatch(/^Pin terms +Soft until 2999-01-01T00:00:00Z: /m);
    expect(stdout).toMatch(
      /^Pin terms .*\(0 0 2 \? \* \*, 01:00:00, \+00:00\) (opens next on 2|is open now)/m,
    );
  });

  it('mark each rule with a word', async () => {
    const { code, stdout } = await run('explain', 'board-2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^board-2, asking for the manifest, gets nothing \(failed-before\): /m);
    expect(stdout).toMatch(/^passed +not-held +/m);
    expect(stdout).toMatch(/^failed +tries-left +/m);
    expect(stdout.match(/^not checked: .*certificate.*$/gm)).toHaveLength(3); // once in each protocol
    await new SimulatedDevice(admin.opened.services, 'current', { now, version: '1.0.0' }).poll();
    const { stdout: current } = await run('explain', 'current');
    expect(current).toMatch(/^current, polling with RAUC, ✓ up to date: /m);
    expect(current).toMatch(/^up to date +other-version +/m);
    expect(current).not.toMatch(/^failed/m);
    expect((await run('explain', 'board-1')).stdout).toMatch(/^board-1, polling with RAUC, gets v1\.raucb$/m);
    expect(await json<object>('explain', 'board-1')).toEqual(
      (await admin.http.get('/api/devices/board-1/explain')).body,
    );
  });

  it('show a log without letting it command the terminal', async () => {
    const { code, stdout } = await run('log', 'board-2');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'line 1\n\\u{1b}[2Jline 2\n' });
    expect((await run('log', 'board-2', '--installation', '2')).stdout).toBe(stdout);
    expect((await run('log', 'board-1')).code).toBe(1);
    await run('create', 'ahead');
    expect((await run('log', 'ahead')).code).toBe(1);
  });
});

describe('decisions', () => {
  it.each<[string[], object, RegExp]>([
    [['hold', 'board-1', '--reason', 'smoke'], { hold: { reason: 'smoke' } }, /unhold board-1/],
    [['hold', 'board-1'], { hold: { reason: '' } }, /on hold/],
    [['unhold', 'board-1'], { hold: null }, /no longer/],
    [['pin', 'board-1', 'v1.raucb'], { pin: { bundleName: 'v1.raucb' } }, /v1\.raucb/],
    [['unpin', 'board-1'], { pin: null }, /stable/],
    [['channel', 'board-1', 'beta'], { channel: 'beta' }, /beta/],
    [['note', 'board-1', 'by the door'], { notes: 'by the door' }, /by the door/],
    [['label', 'board-1', '+lab', 'site=berlin'], { labels: ['lab', 'site=berlin'] }, /lab, site=berlin/],
    [['label', 'board-1', '--add', 'a', '--add', 'b', '--remove', 'c'], { labels: ['a', 'b'] }, /a, b/],
    [['admit', 'board-1'], { admission: 'admitted' }, /admitted/],
    [['clear', 'board-1'], {}, /again/],
    [['cancel', 'board-1'], {}, /v1\.raucb: cancelled/],
  ])('%j', async (args, decided, said) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'board-1\n' });
    expect(stderr).toMatch(said);
    expect(await known('board-1')).toMatchObject(decided);
    if (args[0] === 'cancel') return; // once is all that is possible
    expect(await json<object>(...args)).toMatchObject({ id: 'board-1' });
  });

  it('make a device ahead, and forget it', async () => {
    const made = await run(
      'create',
      'ahead',
      '--channel',
      'beta',
      '--label',
      'a',
      '--label',
      'b',
      '--note',
      'spare',
    );
    expect(made).toMatchObject({ code: 0, stdout: 'ahead\n' });
    expect(await known('ahead')).toMatchObject({ channel: 'beta', labels: ['a', 'b'], notes: 'spare' });
    expect((await run('create', 'ahead')).code).toBe(1);
    expect(await run('forget', 'ahead')).toEqual({ code: 0, stdout: 'ahead\n', stderr: 'forgotten\n' });
    expect((await run('show', 'ahead')).code).toBe(1);
    expect((await run('forget', 'ahead')).code).toBe(1);
    await run('create', 'ahead');
    expect(await json<object>('forget', 'ahead')).toEqual({ forgotten: 'ahead' });
  });

  it.each([
    ['hold', '../board-1'],
    ['show', 'a b'],
    ['create', '-'.padStart(70, 'x')],
    ['channel', 'board-1', 'no word'],
    ['label', 'board-1', 'no word'],
    ['label', 'board-1', '--remove', ''],
    ['label', 'board-1'],
    ['pin', 'board-1', 'no-bundle'],
  ])('are refused before anybody is asked: %j', async (...args) => {
    const { code, stderr } = await runCommand(
      ['device', ...args, '--json', '--server', 'http://127.0.0.1:1'],
      { cwd },
    );
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'invalid-input' } });
  });

  it('are refused with the reason of the server', async () => {
    const { code, stdout, stderr } = await run('hold', 'nobody');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: .*nobody.*\nhint: .+\n$/);
    await run('cancel', 'board-1');
    expect((await run('cancel', 'board-1')).code).toBe(1);
  });
});

describe('device bulk', () => {
  const bulk = (args: readonly string[], stdin?: string) =>
    runCommand(['device', 'bulk', ...args, '--server', admin.url], {
      cwd,
      ...(stdin === undefined ? {} : { isTerminal: true, stdin }),
    });
  const held = async () => {
    const boards = await Promise.all(['board-1', 'board-2'].map(known));
    return boards.filter(({ hold }) => hold !== null).map(({ id }) => id);
  };

  it('does it to those that fit, and to no other', async () => {
    const { code, stdout, stderr } = await bulk(['hold', 'smoke', '--state', 'failed', '--yes']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '1 device: board-2\n1 done\n' });
    expect(await held()).toEqual(['board-2']);
    expect((await known('board-2')).hold?.reason).toBe('smoke');
  });

  it('says how many there are and asks; only a yes counts', async () => {
    const { code, stderr } = await bulk(['hold', '--all'], 'no\n');
    expect({ code, held: await held() }).toEqual({ code: 1, held: [] });
    expect(stderr).toContain('Apply "hold" to 2 devices? [y/N]');
    expect((await bulk(['hold', '--all'], 'yes\n')).code).toBe(0);
    expect(await held()).toEqual(['board-1', 'board-2']);
  });

  it('does nothing without a terminal unless it is told to', async () => {
    const { code, stdout } = await bulk(['hold', '--all', '--json']);
    expect({ code, outcome: JSON.parse(stdout) as unknown }).toEqual({
      code: 1,
      outcome: { matched: 2, done: [], failed: [], unsure: [], not_tried: ['board-1', 'board-2'] },
    });
    expect(await held()).toEqual([]);
  });

  it('tells of each device that refuses', async () => {
    await run('hold', 'board-1');
    const { code, stdout, stderr } = await bulk(['pin', 'none.raucb', '--all', '--yes']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^board-1 +.*none\.raucb/m);
    expect(stderr).toContain('2 failed');
  });

  it('has nothing to do where no device fits', async () => {
    expect(await bulk(['hold', '--label', 'nowhere'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no devices match\n',
    });
  });

  it('takes more devices than one request may name', async () => {
    const polls = Array.from({ length: 1_005 }, (_, index) => device(`dev-${index}`).poll());
    await Promise.all(polls);
    await eventually(async () => (await admin.opened.services.listFleet.attention()).devices === 1_007);
    const { code, stdout } = await bulk(['add-label', 'lab', '--search', 'dev-', '--yes', '--json']);
    const { matched, done } = JSON.parse(stdout) as { matched: number; done: string[] };
    expect({ code, matched, done: new Set(done).size }).toEqual({ code: 0, matched: 1_005, done: 1_005 });
    expect((await known('dev-1004')).labels).toEqual(['lab']);
    expect((await known('board-1')).labels).toEqual([]);
  });

  it.each([
    [['hold']], // no filter
    [['explode', '--all']],
    [['pin', '--all']],
    [['unhold', 'x', '--all']],
  ])('is refused before anybody is asked: %j', async (args) => {
    const { code, stderr } = await runCommand(
      ['device', 'bulk', ...args, '--json', '--server', 'http://127.0.0.1:1'],
      { cwd },
    );
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'configuration' } });
  });
});
