import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gateway } from '../../../../src/core/device-token';
import { type AdminListener, openAdminListener } from '../../../http/admin/admin-listener';
import { type CliResult, runCommand } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';
import { person } from '../../../support/released-fleet';

let admin: AdminListener;
let cwd: string;
const run = (...args: string[]): Promise<CliResult> =>
  runCommand(['device', 'token', ...args, '--server', admin.url], { cwd });
const isValid = (id: string, token: string) =>
  admin.opened.services.deviceTokens.check({ kind: 'device', id }, token);

beforeEach(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener();
  await admin.services.manageDevices.create('board-1', {}, person);
});
afterEach(() => admin.close());

describe('device token', () => {
  it('creates a token and shows it again, alone on standard output', async () => {
    const made = await run('create', 'board-1');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^[0-9a-f]{32}\n$/);
    expect((await run('show', 'board-1')).stdout).toBe(made.stdout);
    expect(JSON.parse((await run('show', 'board-1', '--json')).stdout)).toMatchObject({
      token: made.stdout.trim(),
      previous_until: null,
    });
    expect(await run('create', 'board-1')).toMatchObject({ code: 1 });
  });

  it('rotates the token of a device, and that of the gateway, with an overlap', async () => {
    const old = (await run('create', 'board-1')).stdout.trim();
    const next = await run('rotate', 'board-1', '--overlap', '12h');
    expect(next.stderr).toMatch(/^The previous token stays valid until 2026-01-01T1\d:/);
    expect([await isValid('board-1', old), await isValid('board-1', next.stdout.trim())]).toEqual([
      true,
      true,
    ]);
    await run('rotate', 'board-1', '--overlap', '0');
    expect(await isValid('board-1', next.stdout.trim())).toBe(false);
    const everywhere = (await run('create', '--gateway')).stdout.trim();
    expect(await admin.opened.services.deviceTokens.check(gateway, everywhere)).toBe(true);
    expect(await run('rotate', 'board-1', '--overlap', 'soon')).toMatchObject({ code: 2 });
  });

  it('removes one, or all', async () => {
    await run('create', 'board-1');
    await run('create', '--gateway');
    expect(await run('remove', 'board-1')).toMatchObject({ code: 0, stdout: 'board-1\n' });
    expect(await run('show', 'board-1')).toMatchObject({ code: 1 });
    expect(await run('remove', '--all')).toMatchObject({ code: 0, stderr: 'removed: 1\n' });
    expect(await run('remove', 'board-1', '--all')).toMatchObject({ code: 2 });
  });

  it.each([
    [['show']],
    [['show', 'board-1', '--gateway']],
    [['create']],
    [['rotate', 'board-1', '--gateway']],
  ])('wants a device or the gateway: %j', async (args) => {
    expect(await run(...args)).toMatchObject({ code: 2 });
  });

  it.each([
    [
      'targets.csv',
      'controllerId,securityToken\r\nboard-1,a-token-of-hawkbit\r\n"board-2","b-token-of-hawkbit"\r\n\r\n',
    ],
    ['targets.csv', 'board-1;a-token-of-hawkbit\nboard-2;b-token-of-hawkbit'],
    [
      'targets.json',
      JSON.stringify({
        content: [
          { controllerId: 'board-1', securityToken: 'a-token-of-hawkbit', name: 'x', _links: {} },
          { controllerId: 'board-2', securityToken: 'b-token-of-hawkbit' },
        ],
        total: 2,
      }),
    ],
    [
      'list.json',
      '[{"id":"board-1","token":"a-token-of-hawkbit"},{"id":"board-2","token":"b-token-of-hawkbit"}]',
    ],
  ])('takes over the targets of %s', async (name, content) => {
    await writeFile(path.join(cwd, name), content);
    expect(await run('import', name)).toMatchObject({
      code: 0,
      stderr: '2 read: 1 created, 2 with a new token\n',
    });
    expect(await isValid('board-2', 'b-token-of-hawkbit')).toBe(true);
    expect((await run('import', name)).stderr).toBe('2 read: 0 created, 0 with a new token\n');
  });

  it.each([
    ['', 'there are none'],
    ['board-1', 'line 1 is not controllerId,securityToken'],
    ['board-1,a-token-of-hawkbit,more', 'line 1'],
    ['[{"controllerId":"board-1"}]', 'each needs controllerId and securityToken'],
    ['{', 'it is not JSON'],
  ])('names what is wrong with a list: %j', async (content, what) => {
    await writeFile(path.join(cwd, 'bad'), content);
    const { code, stderr } = await run('import', 'bad');
    expect(code).toBe(1);
    expect(stderr).toContain(what);
  });

  it('takes over as many devices as there are, however long their ids and tokens are', async () => {
    const tokenOf = (index: number) => `${index}-`.padEnd(256, 'x');
    const idOf = (index: number) => `board-${index}`.padEnd(64, '-');
    const lines = Array.from({ length: 600 }, (_, index) => `${idOf(index)},${tokenOf(index)}`);
    await writeFile(path.join(cwd, 'long.csv'), lines.join('\n'));
    expect(await run('import', 'long.csv')).toMatchObject({
      code: 0,
      stderr: '600 read: 600 created, 600 with a new token\n',
    });
    for (const index of [0, 299, 599]) expect(await isValid(idOf(index), tokenOf(index))).toBe(true);
  });

  it('goes on when one of many devices cannot be taken over', async () => {
    await writeFile(path.join(cwd, 'list.csv'), '-x,a-token-of-hawkbit\nboard-2,b-token-of-hawkbit\n');
    const { code, stderr } = await run('import', 'list.csv');
    expect(code).toBe(1);
    expect(stderr).toContain('error: -x: "-x" is not a device id');
    expect(await isValid('board-2', 'b-token-of-hawkbit')).toBe(true);
  });
});
