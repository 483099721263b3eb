import { everyoneAtOnce } from '../../../../src/core/rollout';
import { type AdminListener, openAdminListener } from '../../../http/admin/admin-listener';
import { makeBundle } from '../../../support/bundle-factory';
import { type CliResult, runCommand } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';
import { SimulatedDevice } from '../../../support/simulated-device';

const local = { name: 'local', address: null };
const question = 'Release it to all devices at once?';
let admin: AdminListener;
let cwd: string;
let newest: string;

beforeEach(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener();
  for (const version of ['1.0.0', '2.0.0']) {
    const made = await makeBundle({ version });
    await admin.opened.publish(made.path, { name: `v${version[0] ?? ''}.raucb` });
  }
  newest = (await makeBundle({ version: '3.0.0' })).path;
  const now = () => new Date();
  for (const [id, version] of Object.entries({ a: '2.0.0', b: '2.0.0', c: '0.9.0', d: 'nightly' }))
    await new SimulatedDevice(admin.opened.services, id, { now, version }).poll();
  await admin.services.activateRelease.activate({
    name: 'v2.raucb',
    policy: {
      ...everyoneAtOnce,
      steps: [
        { kind: 'percent', percent: 10 },
        { kind: 'percent', percent: 100 },
      ],
    },
    actor: 'local',
  });
});
afterEach(() => admin.close());

const run = (args: readonly string[], stdin?: string): Promise<CliResult> =>
  runCommand([...args, '--server', admin.url], {
    cwd,
    ...(stdin === undefined ? {} : { isTerminal: true, stdin }),
  });
const current = () => admin.services.manageRollouts.list().map(({ bundle }) => bundle.name);

describe.each([
  ['release create', ['release', 'create', 'v1.raucb', '--allow-downgrade']],
  ['bundle activate', ['bundle', 'activate', 'v1.raucb', '--allow-downgrade']],
])('%s, to everyone on a terminal', (_name, args) => {
  it('names the consequence, and asks', async () => {
    const { code, stderr } = await run(args, 'yes\n');
    expect(stderr).toMatch(
      /v1\.raucb for test-board \(stable\): 4 devices; replaces a rollout at step 1 of 2; 2 go from 2\.0\.0 down to 1\.0\.0; 1 has an unknown version\n/,
    );
    expect(stderr).toContain(question);
    expect(code).toBe(0);
    expect(current()).toEqual(['v1.raucb']);
  });

  it.each(['', 'n\n', '\n', 'yesterday\n', 'no\ny\n'])(
    'releases nothing when %j is the answer',
    async (answer) => {
      const { code, stdout } = await run(args, answer);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(current()).toEqual(['v2.raucb']);
    },
  );

  it('does not ask with --yes', async () => {
    const { code, stderr } = await run([...args, '--yes'], '');
    expect(code).toBe(0);
    expect(stderr).not.toContain(question);
    expect(current()).toEqual(['v1.raucb']);
  });

  it('goes on as ever without a terminal', async () => {
    const { code, stderr } = await run(args);
    expect(code).toBe(0);
    expect(stderr).not.toContain(question);
    expect(current()).toEqual(['v1.raucb']);
  });
});

describe('release create on a terminal', () => {
  it('does not ask for steps, and does for a first step that is everyone', async () => {
    expect(await run(['release', 'create', 'v1.raucb', '--steps', '5,100'], '')).toMatchObject({ code: 0 });
    const { code, stderr } = await run(['release', 'create', 'v2.raucb', '--steps', '100'], '');
    expect(code).toBe(1);
    expect(stderr).toContain(question);
    expect(current()).toEqual(['v1.raucb']);
  });

  it('does not ask about what is current already', async () => {
    const { code, stderr } = await run(['release', 'create', 'v2.raucb'], '');
    expect(code).toBe(0);
    expect(stderr).not.toContain(question);
  });

  it('says what the server refuses before it asks', async () => {
    const { code, stderr } = await run(['release', 'create', 'v1.raucb', '--compatible', 'other'], 'y\n');
    expect(code).toBe(1);
    expect(stderr).toContain('is for test-board');
    expect(stderr).not.toContain(question);
  });
});

describe('bundle upload --activate on a terminal', () => {
  const upload = () => ['bundle', 'upload', newest, '--activate'];
  const name = () => newest.split('/').at(-1) ?? '';

  it('stores the bundle, and releases it when the person says so', async () => {
    const { code, stderr } = await run([...upload(), '--channel', 'beta'], 'y\n');
    expect(stderr).toContain('0 devices');
    expect(code).toBe(0);
    expect(stderr).toContain('current for test-board');
    expect(current()).toEqual([name(), 'v2.raucb']);
  });

  it('answers in JSON as without a terminal', async () => {
    const asked = JSON.parse((await run([...upload(), '--json'], 'y\n')).stdout) as object;
    expect(asked).toMatchObject({
      created: true,
      bundle: { name: name(), active_for: [{ compatible: 'test-board', channel: 'stable' }] },
      release: { bundle: name() },
      reach: { devices: 4 },
      warnings: [],
    });
  });

  it('stores the bundle alone when the person says no', async () => {
    const { code, stdout, stderr } = await run(upload(), 'n\n');
    expect(code).toBe(1);
    expect(stdout).toContain(name());
    expect(stderr).toContain('not current yet');
    expect(admin.services.listBundles.get(name()).bundle.name).toBe(name());
    expect(current()).toEqual(['v2.raucb']);
  });

  it('does not ask with --yes, with steps, or without a terminal', async () => {
    for (const args of [['--yes'], ['--steps', '5,100']]) {
      expect(await run([...upload(), ...args], '')).toMatchObject({ code: 0 });
    }
    expect((await run(upload())).stderr).not.toContain(question);
    expect(current()).toEqual([name()]);
  });
});

describe('a step for a label or an attribute that no device has', () => {
  const steps = ['--steps', 'group:lab,group:factory,group:far,100'];

  it('is pointed out when the release is made', async () => {
    const { manageDevices } = admin.services;
    await manageDevices.create('new-board', { labels: ['factory'] }, local); // not heard yet: it may be one of them
    await manageDevices.create('elsewhere', { labels: ['far'], channel: 'beta' }, local);
    const warned = await run(['release', 'create', 'v1.raucb', ...steps]);
    expect(warned.code).toBe(0);
    expect(warned.stderr).toContain('warning: No device of test-board (stable) has the label lab');
    expect(warned.stderr).toContain('has the label far');
    expect(warned.stderr).not.toContain('factory');
    await manageDevices.change('a', { labels: ['lab', 'far'] }, local);
    expect((await run(['release', 'create', 'v2.raucb', ...steps])).stderr).not.toContain('warning');
    const uploaded = await run(['bundle', 'upload', newest, '--activate', '--steps', 'group:nobody,100']);
    expect(uploaded.stderr).toContain('has the label nobody');
  });

  it('is pointed out for an attribute, too', async () => {
    const told = await run(['release', 'create', 'v1.raucb', '--steps', 'attribute:product=gateway,100']);
    expect(told.code).toBe(0);
    expect(told.stderr).toContain('has the attribute product=gateway');
  });
});
