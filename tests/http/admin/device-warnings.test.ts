import type { DeviceFacts } from '../../../src/core/device-facts';
import { runCommand } from '../../support/cli-harness';
import { temporaryFolder } from '../../support/programs';
import { type AdminListener, openAdminListener } from './admin-listener';
import { polled } from '../../support/device-events';

const clock = { at: new Date('2026-11-02T12:00:00Z') };
const now = () => clock.at;

let admin: AdminListener;
let cwd: string;

/** `twins` is two boards, `claimer` says to be what its certificate is not for, `silent` tells neither version nor boot id. */
beforeAll(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener({ now });
  const one = { bootId: 'boot-a', serial: 'SN-A', machineId: 'm-a', systemVersion: '1.0.0' };
  const two = { bootId: 'boot-b', serial: 'SN-B', machineId: 'm-b', systemVersion: '1.0.0' };
  for (const board of [one, two, one, two])
    await poll('twins', board, board === one ? '192.0.2.1' : '192.0.2.2');
  await poll('claimer', { ...one, serial: 'SN-C', compatible: 'other-board' }, '192.0.2.3', ['test-board']);
  await poll('silent', {}, '192.0.2.4');
  await poll('quiet', { ...one, serial: 'SN-D' }, '192.0.2.5');
});
afterAll(() => admin.close());

async function poll(id: string, facts: Partial<DeviceFacts>, address: string, compatibles: string[] = []) {
  clock.at = new Date(clock.at.getTime() + 60_000);
  const contact = {
    at: now(),
    address,
    protocol: 'h2',
    transactionId: null,
    facts: { compatible: 'test-board', ...facts },
  };
  const identity = { id, certificateSerial: '01', compatibles };
  await admin.opened.services.deviceEvents.take(identity, polled(contact, null));
}

const device = async (id: string) => (await admin.http.get(`/api/devices/${id}`).expect(200)).body as object;
const run = (...args: string[]) => runCommand(['device', ...args, '--server', admin.url], { cwd });

describe('a device that needs a look', () => {
  it('is told with both boards that use its certificate', async () => {
    expect(await device('twins')).toMatchObject({
      second_board: {
        own: { serial: 'SN-A', boot_id: 'boot-a', machine_id: 'm-a', address: '192.0.2.1' },
        other: { serial: 'SN-B', boot_id: 'boot-b', machine_id: 'm-b', address: '192.0.2.2' },
      },
      claimed_compatible: null,
    });
    const { stdout } = await run('show', 'twins');
    expect(stdout).toMatch(
      /The device +serial SN-A, boot id boot-a, machine id m-a, from 192\.0\.2\.1, since 2026/,
    );
    expect(stdout).toMatch(
      /Second board +serial SN-B, boot id boot-b, machine id m-b, from 192\.0\.2\.2, since 2026/,
    );
  });

  it('is told with its claim and with what its certificate says', async () => {
    expect(await device('claimer')).toMatchObject({
      compatible: 'test-board',
      certificate_compatibles: ['test-board'],
      claimed_compatible: 'other-board',
    });
    const { stdout } = await run('show', 'claimer');
    expect(stdout).toMatch(/Certificate for +test-board/);
    expect(stdout).toMatch(/Reports as +other-board; its certificate takes precedence/);
  });

  it('is told with what its poller leaves out', async () => {
    expect(await device('silent')).toMatchObject({ poller_omits: ['boot-id', 'system-version'] });
    expect((await run('show', 'silent')).stdout).toMatch(
      /Poller lacks +send-headers=boot-id;system-version, under/,
    );
  });

  it('is not one about which there is nothing to say', async () => {
    const quiet = {
      second_board: null,
      claimed_compatible: null,
      certificate_compatibles: [],
      poller_omits: [],
    };
    expect(await device('quiet')).toMatchObject(quiet);
    expect((await run('show', 'quiet')).stdout).not.toMatch(/Second board|Reports as|Poller lacks/);
  });

  it.each([
    ['second_board', '--second-board', ['twins']],
    ['other_compatible', '--other-compatible', ['claimer']],
    ['silent_poller', '--silent-poller', ['silent']],
  ])('is found by %s', async (name, flag, ids) => {
    const idsOf = (body: unknown) => (body as { devices: { id: string }[] }).devices.map(({ id }) => id);
    const { body } = (await admin.http.get(`/api/devices?${name}=true`).expect(200)) as { body: unknown };
    expect(idsOf(body)).toEqual(ids);
    const others = (await admin.http.get(`/api/devices?${name}=false`).expect(200)) as { body: unknown };
    expect(idsOf(others.body)).toHaveLength(3);
    expect(idsOf(JSON.parse((await run('list', flag, '--json')).stdout))).toEqual(ids);
  });

  it('is in the overview, with what to do', async () => {
    const { body } = (await admin.http.get('/api/overview').expect(200)) as {
      body: { attention: { kind: string; message: string; device?: string }[] };
    };
    const of = (kind: string) => body.attention.find((item) => item.kind === kind);
    expect(of('second-board')).toMatchObject({ device: 'twins', count: 1 });
    for (const told of ['SN-A', 'SN-B', '192.0.2.1', '192.0.2.2', 'certificate with its own id'])
      expect(of('second-board')?.message).toContain(told);
    expect(of('other-compatible')).toMatchObject({
      count: 1,
      message: expect.stringContaining('claimer') as string,
    });
    expect(of('silent-poller')?.message).toMatch(/^1 device polls .*: silent\. .*=boot-id;system-version$/);
  });
});
