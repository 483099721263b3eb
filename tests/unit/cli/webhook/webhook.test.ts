import type { DeliverEvent } from '../../../../src/ports/webhooks';
import { type AdminListener, openAdminListener } from '../../../http/admin/admin-listener';
import { type CliResult, runCommand } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';

const person = { name: 'local', address: null };
const hourMs = 3_600_000;
const url = 'https://receiver.test/hook';
let now: Date;
let answer: DeliverEvent;
let admin: AdminListener;
let cwd: string;
const run = (...args: string[]): Promise<CliResult> =>
  runCommand(['webhook', ...args, '--server', admin.url], { cwd });
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, '--json')).stdout);
const happen = (id: string) => admin.services.manageDevices.create(id, {}, person);
const send = async () => (await admin.opened.services.sendWebhooks.begin()).ended;

/** The ids of events that were given up. */
async function giveUp(...devices: string[]): Promise<readonly string[]> {
  for (const id of devices) await happen(id);
  for (let attempt = 0; attempt <= 24; attempt += 1) {
    await send();
    now = new Date(now.getTime() + 2 * hourMs);
  }
  const { deliveries } = await admin.services.manageDeliveries.list('ops', { limit: 9, state: 'gave-up' });
  expect(deliveries).toHaveLength(devices.length);
  return deliveries.map(({ eventId }) => String(eventId));
}

beforeEach(async () => {
  now = new Date('2026-11-02T12:00:00Z');
  answer = () => Promise.resolve('it answered with HTTP 500');
  cwd = await temporaryFolder();
  admin = await openAdminListener({
    now: () => now,
    change: () => ({ deliver: (...sent) => answer(...sent) }),
  });
  expect(await run('create', 'ops', url)).toMatchObject({ code: 0 });
});
afterEach(() => admin.close());

describe('webhook deliveries', () => {
  it('are a table, a page at a time, and the whole answer with --json', async () => {
    for (const id of ['a', 'b']) await happen(id);
    await send();
    const { stdout, stderr } = await run('deliveries', 'ops');
    expect(stdout).toMatch(/^EVENT +KIND +STATE +ATTEMPTS +NEXT TRY +LAST ERROR\n/);
    expect(stdout).toMatch(/^\d+ +device\.registered +~ retrying +1 +2026-11-02T12:\S+ +it answered with /m);
    expect(stderr).toBe('');
    const first = await run('deliveries', 'ops', '--limit', '1');
    const [, before = ''] = /continue with --before (\d+)/.exec(first.stderr) ?? [];
    const second = await run('deliveries', 'ops', '--limit', '1', '--before', before);
    const rowsOf = (result: CliResult) => result.stdout.trimEnd().split('\n').slice(1);
    expect([...rowsOf(first), ...rowsOf(second)]).toEqual(stdout.trimEnd().split('\n').slice(1));
    expect(await json('deliveries', 'ops', '--state', 'gave-up')).toEqual({
      deliveries: [],
      next_before: null,
    });
  });

  it('are refused for what is not a state, and for a webhook that is not there', async () => {
    expect(await run('deliveries', 'ops', '--state', 'lost')).toMatchObject({ code: 2 });
    expect(await run('deliveries', 'other')).toMatchObject({ code: 1 });
  });
});

describe('webhook replay', () => {
  it('sends one event again', async () => {
    const [event = ''] = await giveUp('a');
    answer = () => Promise.resolve(null);
    expect(await run('replay', 'ops', event)).toMatchObject({ code: 0, stdout: '1\n' });
    await send();
    expect((await run('deliveries', 'ops')).stdout).toMatch(new RegExp(`^${event} .*✓ delivered`, 'm'));
  });

  it('sends all again that were given up', async () => {
    await giveUp('a', 'b');
    expect(await json('replay', 'ops', '--all-failed')).toEqual({ replayed: 2, more: false });
    expect(await run('replay', 'ops', '--all-failed')).toMatchObject({ code: 0, stdout: '0\n', stderr: '' });
  });

  it('is refused when it is not clear what to send, and for what was never sent', async () => {
    expect(await run('replay', 'ops')).toMatchObject({ code: 2 });
    expect(await run('replay', 'ops', '1', '--all-failed')).toMatchObject({ code: 2 });
    expect(await run('replay', 'ops', 'last')).toMatchObject({ code: 2 });
    expect(await run('replay', 'ops', '4711')).toMatchObject({ code: 1 });
  });
});

describe('the order of a webhook', () => {
  const orders = async () =>
    (await admin.services.manageWebhooks.list()).map(({ name, inOrder }) => [name, inOrder]);

  it('is chosen when it is made, and changed later', async () => {
    expect(await run('create', 'audit', url, '--in-order')).toMatchObject({ code: 0 });
    expect(await orders()).toEqual([
      ['audit', true],
      ['ops', false],
    ]);
    expect(await run('order', 'audit', 'off')).toMatchObject({ code: 0, stdout: 'audit\n' });
    expect(await json('order', 'ops', 'on')).toMatchObject({ name: 'ops', in_order: true });
    expect(await orders()).toEqual([
      ['audit', false],
      ['ops', true],
    ]);
    expect((await run('list')).stdout).toMatch(/^ops +✓ on +all +yes +0 /m);
  });

  it('is on or off, and of a webhook that is there', async () => {
    expect(await run('order', 'ops', 'yes')).toMatchObject({ code: 2 });
    expect(await run('order', 'other', 'on')).toMatchObject({ code: 1 });
  });
});
