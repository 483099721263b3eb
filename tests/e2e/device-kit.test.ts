import { readFile, symlink, truncate, copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Installation } from '../../src/core/installation';
import { makeBundle, type MadeBundle } from '../support/bundle-factory';
import { type DeviceListener, startDeviceListener } from '../support/device-listener';
import { eventually } from '../support/eventually';
import { type BoardShell, boardShells, KitBoard } from '../support/kit-board';
import { mustRun } from '../support/programs';

/** The kit's programs, run as on a board, against the real listener. */
let listener: DeviceListener;
let bundle: MadeBundle;
let plain: MadeBundle;

beforeAll(async () => {
  listener = await startDeviceListener();
  bundle = await makeBundle({ compatible: 'test-board', version: '2.0.0' });
  plain = await makeBundle({ compatible: 'plain-board', version: '2.0.0', format: 'plain' });
});

const pinned = () => `${listener.url}/bundles/${bundle.sha256}/bundle.raucb`;
const details = (board: KitBoard) => listener.services.manageDevices.get(board.id);
const logOf = async ({ id }: Installation) => (await listener.services.manageDevices.log(id)).log;

async function installationOf(board: KitBoard): Promise<Installation> {
  const [installation] = (await details(board)).installations;
  if (installation === undefined) throw new Error(`${board.id} has no installation`);
  return installation;
}

async function withoutStreaming(board: KitBoard): Promise<void> {
  await board.raucAnswers('help', '--ignore-compatible');
}

describe.each(boardShells)('a board with %s', (shell: BoardShell) => {
  let count = 0;
  const enroll = () => KitBoard.enroll(shell, `${shell.replace(' ', '-')}-${(count += 1)}`, listener);

  describe('with nothing to install', () => {
    it('installs nothing, and the server knows the board', async () => {
      const board = await enroll();
      const { code, stdout } = await board.poll();
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining('nothing to install') as string,
      });
      expect(await board.raucCalls()).toEqual([]);
      expect((await details(board)).device.facts).toEqual({
        compatible: 'test-board',
        variant: null,
        serial: null,
        machineId: '0123456789abcdef0123456789abcdef',
        bootId: '00000000-0000-4000-8000-000000000001',
        systemVersion: '0.9.0',
        uptimeSeconds: 83.21,
        attributes: { slot: 'A' },
      });
    });
  });

  describe('with an offer', () => {
    beforeAll(async () => {
      await listener.publish(bundle.path, { activate: true });
    });
    afterAll(async () => {
      await listener.services.activateRelease.deactivate({ compatible: 'test-board', actor: 'local' });
    });

    it('streams just the offered bytes, reports, reboots, and is proven when it comes back', async () => {
      const board = await enroll();
      expect(await board.poll()).toMatchObject({ code: 0 });
      const kit = path.join(board.root, 'etc/rauc/update');
      const transaction = '11111111-1111-4111-8111-111111111111';
      expect(await board.raucCalls()).toEqual([
        `install --tls-cert=${kit}/device.crt --tls-key=${kit}/device.key --tls-ca=${kit}/ca.crt ` +
          `--transaction-id=${transaction} ${pinned()}`,
      ]);
      expect(await installationOf(board)).toMatchObject({
        state: 'installed',
        transactionId: transaction,
        fromVersion: '0.9.0',
        targetVersion: '2.0.0',
      });
      expect(await board.read('rebooted')).toBe('\n');

      await board.boot('2.0.0', 2);
      expect(await board.program('rauc-update-mark-good')).toMatchObject({ code: 0 });
      expect((await board.raucCalls()).at(-1)).toBe('status mark-good');
      expect(await installationOf(board)).toMatchObject({ state: 'proven' });
      expect(await board.poll()).toMatchObject({ code: 0 });
      expect(await board.raucCalls()).toHaveLength(2);
    });

    it('does not install again while the reboot is due, but asks for it again', async () => {
      const board = await enroll();
      await board.poll();
      expect(await board.poll()).toMatchObject({ code: 0 });
      expect(await board.raucCalls()).toHaveLength(1);
      expect(await board.read('rebooted')).toBe('\n\n');
    });

    it('counts as rolled back when the old version comes up', async () => {
      const board = await enroll();
      await board.poll();
      await board.boot('0.9.0', 2);
      expect(await board.program('rauc-update-mark-good')).toMatchObject({ code: 0 });
      expect(await installationOf(board)).toMatchObject({ state: 'rolled-back' });
    });

    it('reports a failure with the output of RAUC, whatever bytes it has', async () => {
      const board = await enroll();
      const output = Buffer.concat([
        Buffer.from('"quoted" \\back\\slash \\" \t tab\r\n\u001b[31mred\u0000\u007f ä € 😀 $(x) `y` %s\n'),
        Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf5, 0x80, 0xe2, 0x82]),
        Buffer.from('\nLastError: Failed "badly" \\o/\n'),
        Buffer.from([0xe2, 0x82]),
      ]);
      await board.raucAnswers('output', output);
      await board.raucAnswers('code', '1');
      expect(await board.poll()).toMatchObject({ code: 1 });
      const installation = await installationOf(board);
      expect(installation).toMatchObject({ state: 'failed' });
      expect(await logOf(installation)).toBe(
        '"quoted" \\back\\slash \\" \t tab\r\n\u001b[31mred?\u007f ä € 😀 $(x) `y` %s\n' +
          '??(??????\nLastError: Failed "badly" \\o/\n?',
      );
      expect(await board.poll()).toMatchObject({ code: 0 });
      expect(await board.raucCalls()).toHaveLength(1);
    });

    it('sends the end of a long log', async () => {
      const board = await enroll();
      await board.raucAnswers('output', Buffer.concat([Buffer.alloc(200_000, 0xfe), Buffer.from('the end')]));
      await board.raucAnswers('code', '1');
      expect(await board.poll()).toMatchObject({ code: 1 });
      const log = await logOf(await installationOf(board));
      expect(log).toHaveLength(60_000);
      expect(log).toMatch(/^\?+the end$/);
    });

    it('counts a busy RAUC as no failure', async () => {
      const board = await enroll();
      await board.raucAnswers('output', 'Error: Already processing a different method\n');
      await board.raucAnswers('code', '1');
      expect(await board.poll()).toMatchObject({ code: 75 });
      expect(await installationOf(board)).toMatchObject({ state: 'downloading' });
    });

    it('downloads for a RAUC that cannot stream, and resumes an earlier download', async () => {
      const board = await enroll();
      await withoutStreaming(board);
      const downloads = path.join(board.root, 'var/lib/rauc-update');
      const file = path.join(downloads, `${bundle.sha256}.raucb`);
      await mkdir(downloads, { recursive: true });
      await copyFile(bundle.path, file);
      await truncate(file, 10_000);
      expect(await board.poll()).toMatchObject({ code: 0 });
      expect(await board.raucCalls()).toEqual([`install ${file}`]);
      expect((await readFile(board.installedFile())).equals(await readFile(bundle.path))).toBe(true);
      await listener.services.runHousekeeping();
      expect(await installationOf(board)).toMatchObject({
        state: 'installed',
        bytesSent: bundle.sizeBytes - 10_000,
      });
      await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('starts over with a download that has other bytes, and drops those of other bundles', async () => {
      const board = await enroll();
      await withoutStreaming(board);
      const downloads = 'var/lib/rauc-update';
      await board.write(`${downloads}/${bundle.sha256}.raucb`, Buffer.alloc(bundle.sizeBytes));
      await board.write(`${downloads}/abc.raucb`, 'old');
      expect(await board.poll()).toMatchObject({ code: 0 });
      expect((await readFile(board.installedFile())).equals(await readFile(bundle.path))).toBe(true);
      await expect(board.read(`${downloads}/abc.raucb`)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('reports no failure when there is no room for the download', async () => {
      const board = await enroll();
      await withoutStreaming(board);
      await board.write('full', '');
      const env = { RAUC_UPDATE_DOWNLOAD_DIR: path.join(board.root, 'full') };
      expect(await board.poll(env)).toMatchObject({ code: 69 });
      expect(await board.raucCalls()).toEqual([]);
      expect(await installationOf(board)).toMatchObject({
        state: 'downloading',
        message: 'the download was cut off',
      });
    });

    it('takes what boots the board from poll.conf', async () => {
      const board = await enroll();
      await board.write('etc/rauc/update/poll.conf', `reboot_command=echo "mine" >'${board.root}/mine'\n`);
      expect(await board.poll({ RAUC_UPDATE_REBOOT_COMMAND: '' })).toMatchObject({ code: 0 });
      expect(await board.read('mine')).toBe('mine\n');
    });

    it('lets no second poll run beside the first, and clears away the lock of a dead one', async () => {
      const board = await enroll();
      const gate = path.join(board.root, 'gate');
      await mustRun('mkfifo', [gate]);
      await board.raucAnswers('before', `cat '${gate}' >/dev/null\n`);
      const first = board.poll();
      await eventually(async () => (await board.raucCalls()).length === 1);
      expect(await board.poll()).toMatchObject({ code: 75 });
      await mustRun('sh', ['-c', `: >'${gate}'`]);
      expect(await first).toMatchObject({ code: 0 });
      expect(await board.raucCalls()).toHaveLength(1);

      // A process that lives, but is not a poll; then none at all.
      for (const owner of [String(process.pid), '99999999']) {
        await symlink(owner, path.join(board.root, 'run/rauc-update/poll.lock'));
        expect(await board.poll()).toMatchObject({ code: 0 });
      }
    });
  });

  it('downloads a plain bundle although RAUC can stream', async () => {
    const board = await enroll();
    await board.write(
      'etc/rauc/system.conf',
      (await board.read('etc/rauc/system.conf')).replace('test-board', 'plain-board'),
    );
    const copy = path.join(board.root, 'plain.raucb');
    await copyFile(plain.path, copy);
    await listener.publish(copy, { activate: true });
    expect(await board.poll()).toMatchObject({ code: 0 });
    const [call] = await board.raucCalls();
    expect(call).toMatch(/^install \/.*\.raucb$/);
    expect(await installationOf(board)).toMatchObject({ state: 'installed' });
  });

  it('tells an unreachable server from an incomplete kit', async () => {
    const board = await enroll();
    const conf = await board.read('etc/rauc/update/server.conf');
    await board.write('etc/rauc/update/server.conf', conf.replace(listener.url, 'https://localhost:9'));
    expect(await board.poll()).toMatchObject({ code: 69 });
    await rm(path.join(board.root, 'etc/rauc/update/device.key'));
    expect(await board.poll()).toMatchObject({ code: 78 });
    expect(await board.raucCalls()).toEqual([]);
  });

  describe('after a boot', () => {
    it('tells the server again until it is reached', async () => {
      const board = await enroll();
      const file = path.join(board.root, 'etc/rauc/update/server.conf');
      const conf = await board.read('etc/rauc/update/server.conf');
      await board.write('good.conf', conf);
      await board.write('etc/rauc/update/server.conf', conf.replace(listener.url, 'https://localhost:9'));
      const once = { RAUC_UPDATE_TRIES: '1' };
      expect(await board.program('rauc-update-mark-good', [], once)).toMatchObject({ code: 69 });

      const marking = board.program('rauc-update-mark-good', [], { RAUC_UPDATE_RETRY_SECONDS: '0.1' });
      await eventually(async () => (await board.raucCalls()).length === 2);
      await copyFile(path.join(board.root, 'good.conf'), file);
      expect(await marking).toMatchObject({ code: 0 });
      expect((await details(board)).device.facts).toMatchObject({ systemVersion: '0.9.0' });
    });

    it("marks the slot again in a new run of RAUC's service, unless it was never good in this boot or is bad now", async () => {
      const board = await enroll();
      const again = () => board.program('rauc-update-mark-good', ['again']);
      const marks = async () =>
        (await board.raucCalls()).filter((call) => call === 'status mark-good').length;
      expect(await again()).toMatchObject({ code: 0 });
      expect(await marks()).toBe(0);

      expect(await board.program('rauc-update-mark-good')).toMatchObject({ code: 0 });
      expect(await again()).toMatchObject({ code: 0 });
      expect(await marks()).toBe(2);

      const slots = (status: string) =>
        `RAUC_SLOT_STATE_1='inactive'\nRAUC_SLOT_BOOT_STATUS_1='good'\nRAUC_SLOT_STATE_2='booted'\nRAUC_SLOT_BOOT_STATUS_2='${status}'\n`;
      await board.raucAnswers('output', slots('bad'));
      expect(await again()).toMatchObject({ code: 0 });
      expect(await marks()).toBe(2);
      await board.raucAnswers('output', slots('good'));
      expect(await again()).toMatchObject({ code: 0 });
      expect(await marks()).toBe(3);
    });

    it("marks it again until RAUC's service, which ended meanwhile, answers", async () => {
      const board = await enroll();
      await board.program('rauc-update-mark-good');
      const again = () =>
        board.program('rauc-update-mark-good', ['again'], { RAUC_UPDATE_RETRY_SECONDS: '0' });
      const marks = async () =>
        (await board.raucCalls()).filter((call) => call === 'status mark-good').length;
      // It is away for two calls, back, and away once more between the two questions of a try.
      await board.raucAnswers(
        'before',
        `calls=$(grep -c status "$FAKE_RAUC/calls")\ncase $calls in 2 | 3 | 5) exit 1 ;; esac\n`,
      );
      expect(await again()).toMatchObject({ code: 0 });
      expect(await marks()).toBe(3);
      await board.raucAnswers('before', 'exit 1\n');
      expect(await again()).toMatchObject({ code: 1 });
      expect(await marks()).toBe(3);
    });

    it("leaves a bad slot bad when RAUC's service answers only later", async () => {
      const board = await enroll();
      await board.program('rauc-update-mark-good');
      await board.raucAnswers('output', "RAUC_SLOT_STATE_1='booted'\nRAUC_SLOT_BOOT_STATUS_1='bad'\n");
      await board.raucAnswers('before', `case $(grep -c status "$FAKE_RAUC/calls") in 2) exit 1 ;; esac\n`);
      const again = await board.program('rauc-update-mark-good', ['again'], {
        RAUC_UPDATE_RETRY_SECONDS: '0',
      });
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('stays bad') as string });
      expect((await board.raucCalls()).filter((call) => call === 'status mark-good')).toHaveLength(1);
    });

    it('tells nothing when the slot could not be marked', async () => {
      const board = await enroll();
      await board.raucAnswers('code', '1');
      expect(await board.program('rauc-update-mark-good')).toMatchObject({ code: 1 });
      await expect(details(board)).rejects.toEqual(expect.objectContaining({ code: 'not-found' }) as Error);
    });
  });
});
