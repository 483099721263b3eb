import { inheritedPolicy } from '../../../../src/core/rollout';
import { type AdminListener, openAdminListener } from '../../../http/admin/admin-listener';
import { anyReason } from '../../../support/any-reason';
import { makeBundle } from '../../../support/bundle-factory';
import { eventually } from '../../../support/eventually';
import { type CliResult, runCommand, SignalSource } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';
import { SimulatedDevice } from '../../../support/simulated-device';

let admin: AdminListener;
let cwd: string;
const run = (...args: string[]): Promise<CliResult> => runCommand([...args, '--server', admin.url], { cwd });
const json = async (...args: string[]): Promise<unknown> =>
  JSON.parse((await must(...args, '--json')).stdout);

async function must(...args: string[]): Promise<CliResult> {
  const result = await run(...args);
  if (result.code !== 0) throw new Error(`${args.join(' ')}: ${result.stdout}${result.stderr}`);
  return result;
}

beforeAll(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener();
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) {
    const made = await makeBundle({ version });
    await admin.opened.publish(made.path, { name: `v${version[0] ?? ''}.raucb` });
  }
});
afterAll(() => admin.close());

const current = async () =>
  ((await json('release', 'list')) as { releases: { bundle: string; channel: string }[] }).releases;

describe('release', () => {
  it('makes a bundle current with a policy, on a channel', async () => {
    await must('release', 'create', 'v1.raucb');
    const made = await must(
      'release',
      'create',
      'v2.raucb',
      '--channel',
      'beta',
      '--steps',
      'group:lab,25,100',
    );
    expect(made.stdout).toMatch(/^\d+ {2}test-board {2}beta {2}v2\.raucb\n$/);
    expect(made.stderr).toContain('running, step 1 of 3');
    expect((await current()).map(({ channel, bundle }) => [channel, bundle])).toEqual([
      ['beta', 'v2.raucb'],
      ['stable', 'v1.raucb'],
    ]);
    expect((await must('release', 'list')).stdout).toContain('v2.raucb');
    expect((await must('release', 'list', '--channel', 'stable')).stdout).not.toContain('v2.raucb');
    expect(await json('release', 'list', '--compatible', 'other')).toEqual({ releases: [] });
  });

  it('says whom it leaves out, whom it takes down, and that nobody fits', async () => {
    const channel = ['--channel', 'versions'];
    for (const [id, version] of Object.entries({ new: '3.0.0', other: '3.1', odd: 'nightly' })) {
      await admin.services.manageDevices.create(
        id,
        { channel: 'versions' },
        { name: 'local', address: null },
      );
      const now = () => new Date();
      await new SimulatedDevice(admin.opened.services, id, { now, version }).poll();
    }
    const strict = await must('release', 'create', 'v2.raucb', ...channel);
    expect(strict.stderr).toMatch(
      /2 devices run a newer version: 1 on 3\.\S+, 1 on 3\.\S+\. .*--allow-downgrade/,
    );
    expect(strict.stderr).toContain('1 device has an unknown version');
    const lax = await must('release', 'create', 'v2.raucb', ...channel, '--allow-downgrade');
    expect(lax.stderr).toContain('2 devices are downgraded');
    expect(lax.stderr).not.toContain('left out');
    const none = await must('release', 'create', 'v2.raucb', ...channel, '--from', '>=1 <2');
    expect(none.stderr).toContain('no device matches this release');
    expect(await json('release', 'create', 'v2.raucb', ...channel, '--from', '>=3')).toMatchObject({
      rollout: { policy: { from: '>=3' } },
      reach: { devices: 3, left_out_newer: { devices: 2 }, left_out_by_from: { devices: 1 } },
    });
    expect(await run('release', 'create', 'v2.raucb', '--from', '1.0')).toMatchObject({ code: 2 });
    for (const id of ['new', 'other', 'odd'])
      await admin.services.manageDevices.forget(id, { name: 'local', address: null });
    await must('release', 'deactivate', 'test-board', ...channel);
  });

  it('made before the upgrade is listed for attention until it is dismissed', async () => {
    const { release } = await admin.services.activateRelease.activate({
      name: 'v1.raucb',
      channel: 'old',
      policy: inheritedPolicy,
      actor: 'local',
    });
    expect((await must('attention', 'list')).stdout).toContain('v1.raucb for test-board (old)');
    expect(await json('attention', 'dismiss', 'downgrade-allowed')).toEqual({
      kind: 'downgrade-allowed',
      subjects: [String(release.id)],
    });
    expect((await must('attention', 'list')).stdout).not.toContain('v1.raucb for test-board (old)');
    expect(await run('attention', 'dismiss', 'downgrade-allowed')).toMatchObject({ code: 1 });
    await must('release', 'deactivate', 'test-board', '--channel', 'old');
  });

  it('is withdrawn by its number alone when that is given', async () => {
    const place = ['test-board', '--channel', 'numbered'];
    await must('release', 'create', 'v1.raucb', '--channel', 'numbered');
    const { id } = (await json('release', 'create', 'v2.raucb', '--channel', 'numbered')) as { id: number };
    const expecting = (release: string) =>
      run('release', 'deactivate', ...place, '--expected-release', release);
    expect(await expecting(String(id - 1))).toMatchObject({ code: 1 });
    expect(await expecting('twelve')).toMatchObject({ code: 2 });
    expect(await expecting(String(id))).toMatchObject({ code: 0 });
  });

  it('goes back, one release at a time', async () => {
    await must('release', 'create', 'v2.raucb');
    await must('release', 'create', 'v3.raucb');
    const look = await must('release', 'back', 'test-board', '--dry-run');
    expect(look).toMatchObject({
      stdout: 'v2.raucb\n',
      stderr: expect.stringContaining('no device started installing it') as string,
    });
    expect((await current()).at(-1)).toMatchObject({ bundle: 'v3.raucb' });
    // No device has proven it.
    const refused = await run('release', 'back', 'test-board');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--unproven') as string });
    await must('release', 'back', 'test-board', '--unproven');
    expect((await current()).at(-1)).toMatchObject({ bundle: 'v2.raucb' });
    // A script goes on as before where a device runs the bundle before.
    const { services } = admin.opened;
    await new SimulatedDevice(services, 'known', { now: () => new Date(), version: '1.0.0' }).poll();
    await must('release', 'back', 'test-board');
    expect((await current()).at(-1)).toMatchObject({ bundle: 'v1.raucb' });
    expect(await run('release', 'back', 'test-board')).toMatchObject({ code: 1 });
    const { stdout } = await must('release', 'history', '--channel', 'stable');
    expect(stdout.split('\n')).toHaveLength(7);
  });

  it('undoes a release that no device was offered, and refuses one that a device was', async () => {
    const made = (await json('release', 'create', 'v2.raucb', '--channel', 'undone')) as { id: number };
    const { stdout, stderr } = await must('release', 'undo', String(made.id));
    expect(stdout).toBe(`${made.id}\n`);
    expect(stderr).toContain('nothing is current there');
    const { id } = (await json('release', 'create', 'v3.raucb')) as { id: number };
    expect(await json('release', 'undo', String(id))).toMatchObject({
      undone: id,
      release: { bundle: 'v1.raucb' },
    });
    expect(await run('release', 'undo', String(id))).toMatchObject({ code: 1 });
    expect(await run('release', 'undo', '../1')).toMatchObject({ code: 2 });
  });

  it('stops offering on one channel', async () => {
    await must('release', 'deactivate', 'test-board', '--channel', 'beta');
    expect((await current()).map(({ channel }) => channel)).toEqual(['stable']);
  });

  it.each([
    [['--steps', '50,25']],
    [['--steps', 'half']],
    [['--promote-at', '101']],
    [['--pause-at-failures', '0.5']],
    [['--window', 'whenever']],
    [['--channel', '../x']],
    [['--start-at', 'tomorrow']],
    [['--start-at', '2026-12-01T02:00:00']],
    [['--at-a-time', 'few']],
  ])('refuses %p before it asks the server', async (flags) => {
    const result = await runCommand(
      ['release', 'create', 'v1.raucb', ...flags, '--server', 'http://127.0.0.1:9'],
      { cwd },
    );
    expect(result.code).toBe(2);
    expect(result.stderr).not.toContain('ECONNREFUSED');
  });
});

describe('rollout', () => {
  const idOf = async () =>
    String(((await json('release', 'list')) as { releases: { id: number }[] }).releases.at(-1)?.id);

  it('is shown and moved', async () => {
    await must(
      'release',
      'create',
      'v3.raucb',
      '--steps',
      '5,25,100',
      '--promote-at',
      '90',
      '--pause-at-failures',
      '3',
    );
    const id = await idOf();
    expect((await must('rollout', 'show', id)).stdout).toMatch(/promote at +90 %[\s\S]*1 \* +5 +0/);
    expect((await must('rollout', 'promote', id)).stderr).toContain('step 2 of 3');
    expect((await must('rollout', 'pause', id, '--reason', 'modem lost')).stderr).toContain(
      'paused, step 2 of 3: modem lost',
    );
    expect(await run('rollout', 'promote', id)).toMatchObject({ code: 1 });
    await must('rollout', 'resume', id);
    const { stdout } = await must('release', 'show', id);
    expect(stdout).toBe((await must('rollout', 'show', id)).stdout);
    expect(stdout).toMatch(
      /next +no known device is in this step, so it does not advance automatically: promote it yourself/,
    );
    await must('rollout', 'abort', id);
    expect(await json('rollout', 'show', id)).toMatchObject({ rollout: { state: 'aborted', step: 2 } });
  });

  it('is moved by one of two people who promote it at once', async () => {
    await must('release', 'create', 'v2.raucb', '--steps', '5,25,100');
    const id = await idOf();
    const both = await Promise.all([run('rollout', 'promote', id), run('rollout', 'promote', id)]);
    const { rollout } = (await json('rollout', 'show', id)) as { rollout: { step: number } };
    expect(rollout.step).toBe(1 + both.filter(({ code }) => code === 0).length);
  });

  it('refuses what is not a release', async () => {
    expect(await run('rollout', 'show', '../1')).toMatchObject({ code: 2 });
    expect(await run('rollout', 'show', '4711')).toMatchObject({ code: 1 });
  });
});

describe('bundle show', () => {
  it('tells where a bundle is current, by which release, and who has it', async () => {
    const { id } = (await json('release', 'create', 'v1.raucb', '--channel', 'shown')) as { id: number };
    const { stdout } = await must('bundle', 'show', 'v1.raucb');
    expect(stdout).toContain(`test-board, channel shown, release ${id}`);
    expect(stdout).toMatch(/^sha256 +[0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^devices +\d+ running, 0 installing, 0 pinned, 0 failed$/m);
    expect(stdout).toMatch(/^IMAGE +FILE +TYPE +SIZE$/m);
    expect(await json('bundle', 'show', 'v1.raucb')).toMatchObject({ name: 'v1.raucb', version: '1.0.0' });
    await must('release', 'deactivate', 'test-board', '--channel', 'shown');
  });

  it('refuses a bundle that is not there, and what is not a name', async () => {
    expect(await run('bundle', 'show', 'missing.raucb')).toMatchObject({ code: 1 });
    expect(await run('bundle', 'show', '../v1.raucb')).toMatchObject({ code: 2 });
  });
});

describe('bundle upload', () => {
  it('takes the policy of the release', async () => {
    const made = await makeBundle({ version: '4.0.0' });
    await must(
      'bundle',
      'upload',
      made.path,
      '--activate',
      '--channel',
      'nightly',
      '--steps',
      '10,100',
      '--at-a-time',
      '5',
    );
    const { releases } = (await json('release', 'list')) as {
      releases: { channel: string; rollout: { policy: object } }[];
    };
    expect(releases.find(({ channel }) => channel === 'nightly')?.rollout.policy).toMatchObject({
      steps: '10,100',
      max_in_progress: 5,
    });
  });
});

describe('events', () => {
  it('are listed, by kind', async () => {
    expect((await must('events', '--kind', 'rollout.')).stdout).toMatch(/rollout\.aborted +local/);
    expect(await json('events', '--limit', '1')).toMatchObject({
      events: [{ id: expect.any(Number) as number }],
    });
    expect(await run('events', '--limit', '0')).toMatchObject({ code: 2 });
  });

  it('say how often, and since when, a device did the same', async () => {
    const firstAt = new Date('2026-11-02T12:00:00Z');
    const actor = { name: 'device:a', address: null };
    const last = {
      kind: 'device.booted',
      at: new Date('2026-11-02T13:00:00Z'),
      actor,
      reason: anyReason('a'),
    } as const;
    await admin.opened.store.journal.record([{ ...last, repeats: { count: 3600, firstAt } }]);
    expect(await run('events', '--kind', 'device.exploded')).toMatchObject({ code: 2, stdout: '' });
    expect((await must('events', '--kind', 'device.booted')).stdout).toMatch(
      /a has booted \(3600 times since 2026-11-02T12:00:00Z\)$/m,
    );
    expect(await json('events', '--kind', 'device.booted')).toMatchObject({
      events: [{ count: 3600, first_at: firstAt.toISOString() }],
    });
  });

  it('are followed over a restart of the server, without a gap, until a signal', async () => {
    const signals = new SignalSource();
    const pieces: string[] = [];
    const following = runCommand(
      ['events', '--follow', '--json', '--kind', 'device.registered', '--server', admin.url],
      {
        cwd,
        surroundings: signals.surroundings(),
        onStdout: (piece) => pieces.push(piece),
      },
    );
    const hasSeen = (device: RegExp) => device.test(pieces.join(''));
    const contact = (id: string) =>
      new SimulatedDevice(admin.opened.services, id, { now: () => new Date() }).poll();
    try {
      let turn = 0;
      await eventually(async () => {
        await contact(`early-${turn++}`);
        return hasSeen(/"device":"early/);
      });
      const { port, opened } = admin;
      await admin.close();
      admin = await openAdminListener({ dataDir: opened.dataDir, port });
      await contact('late');
      await eventually(() => hasSeen(/"device":"late"/));
    } finally {
      signals.send('SIGINT');
    }
    expect((await following).code).toBe(0);
  });
});

describe('webhook', () => {
  it('is made, listed, turned off and on, tried and deleted', async () => {
    const { stdout } = await must(
      'webhook',
      'create',
      'ops',
      'http://127.0.0.1:9/hook',
      '--kind',
      'rollout.,device.held',
    );
    expect(stdout).toMatch(/^whsec_/);
    expect((await must('webhook', 'list')).stdout).toMatch(/ops +✓ on +rollout\.,device\.held/);
    await must('webhook', 'disable', 'ops');
    expect((await must('webhook', 'list')).stdout).toMatch(/ops +‖ off/);
    await must('webhook', 'enable', 'ops');
    expect(await run('webhook', 'test', 'ops')).toMatchObject({ code: 1 });
    await must('webhook', 'delete', 'ops');
    expect(await json('webhook', 'list')).toEqual({ webhooks: [] });
    expect((await must('events', '--kind', 'webhook.')).stdout).not.toContain('whsec_');
  });
});

describe('a past release', () => {
  it('is shown with what it came to and why devices failed, in the history too', async () => {
    const { services } = admin.opened;
    const place = ['--channel', 'past'];
    const made = (await json('release', 'create', 'v2.raucb', ...place)) as { id: number };
    const devices = ['good', 'bad', 'worse'].map(
      (id) => new SimulatedDevice(services, id, { now: () => new Date() }),
    );
    for (const device of devices) {
      await services.manageDevices.create(device.id, { channel: 'past' }, { name: 'local', address: null });
      await device.poll(`t-${device.id}`);
      device.boot(device.id === 'good' ? '2.0.0' : '0.9.0');
      await device.poll();
    }
    await services.runHousekeeping();
    await must('release', 'create', 'v3.raucb', ...place);

    const shown = await must('rollout', 'show', String(made.id));
    expect(shown.stdout).toMatch(/^for +test-board, channel past$/m);
    expect(shown.stdout).toMatch(/^replaced by +v3\.raucb$/m);
    expect(shown.stdout).toMatch(/^outcome .*replaced at 33 %: proven on 1 of 3 devices, 2 failed$/m);
    expect(shown.stdout).toMatch(/^failures +2 .*rolled back: the device booted into 0\.9\.0 again$/m);
    expect(await json('release', 'show', String(made.id))).toMatchObject({
      id: made.id,
      ended_by: 'v3.raucb',
      result: {
        outcome: 'replaced',
        completed_at: null,
        duration_seconds: expect.any(Number) as number,
        percent: 33,
        total: { devices: 3, proven: 1 },
        offered: 3,
        installed: 3,
        rolled_back: 2,
        failures: [{ state: 'rolled-back', devices: 2 }],
      },
    });
    const { stdout } = await must('release', 'history', ...place);
    expect(stdout.split('\n')[0]).toMatch(/OUTCOME +FAILURES$/);
    expect(stdout).toMatch(/v2\.raucb.* 2 .*rolled back: the device booted into 0\.9\.0 again$/m);

    await must('release', 'deactivate', 'test-board', ...place);
    const [line] = ((await json('release', 'history', ...place)) as { history: { id: number }[] }).history;
    expect(await run('rollout', 'show', String(line?.id))).toMatchObject({ code: 1 }); // that was not a release
  });
});
