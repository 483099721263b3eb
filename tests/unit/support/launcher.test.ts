import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Launcher } from '../../support/launcher';

/** Whatever starts the programs of nearly all tests has to be right first. */
const launcher = new Launcher();
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'rss-launcher-')));
afterAll(async () => {
  await launcher.end();
  rmSync(folder, { recursive: true });
});

const env = { PATH: '/usr/bin:/bin' };
let gates = 0;
const sh = (script: string, ...args: string[]) =>
  launcher.run({ program: 'sh', args: ['-c', script, 'sh', ...args], env });

/** A pipe with a name: who reads it waits for who writes. */
async function makeGate(): Promise<string> {
  const gate = path.join(folder, `gate-${(gates += 1)}`);
  await sh('mkfifo "$1"', gate);
  return gate;
}

describe('the launcher of programs', () => {
  it('gives each program its arguments, its environment and its folder, and nothing else', async () => {
    const args = ['-c', 'pwd; printf "<%s>" "$@"; env', 'sh', '', 'a b', '"ä€😀\n$(x)'];
    const { stdout } = await launcher.run({
      program: 'sh',
      args,
      cwd: folder,
      env: { ...env, EMPTY: '', UNSET: undefined, TEXT: 'a=b\nc' },
    });
    const [cwd, ...rest] = stdout.toString().split('\n');
    expect(cwd).toBe(folder);
    expect(rest.join('\n')).toContain('<><a b><"ä€😀\n$(x)>');
    const variables = rest.join('\n').split('$(x)>')[1] ?? '';
    expect(variables.split('\n').sort()).toEqual(
      ['', 'EMPTY=', 'PATH=/usr/bin:/bin', `PWD=${folder}`, 'TEXT=a=b', 'c'].sort(),
    );
  });

  it('tells output from errors, and how the program ended', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toEqual({
      stdout: Buffer.from('out\n'),
      stderr: Buffer.from('err\n'),
      code: 3,
    });
    expect(await sh('kill -9 $$')).toMatchObject({ code: null });
    expect(await sh('exit 255')).toMatchObject({ code: 255 });
  });

  it('gives it its input, of any length, and gives back as much', async () => {
    const input = Buffer.alloc(5_000_000, 'some bytes \0\xff');
    const { stdout } = await launcher.run({ program: 'cat', args: [], env, input });
    expect(stdout.equals(input)).toBe(true);
    expect(await launcher.run({ program: 'cat', args: [], env })).toMatchObject({ stdout: Buffer.alloc(0) });
  });

  it('runs several at once, and waits for output that somebody else still writes', async () => {
    const many = Array.from({ length: 40 }, (_, i) => sh('read line; echo $1', String(i)));
    expect((await Promise.all(many)).map(({ stdout }) => Number(stdout.toString()))).toEqual([
      ...Array.from({ length: 40 }).keys(),
    ]);
    const gate = await makeGate();
    const first = sh('{ read line <"$1"; echo late; } & exit 4', gate);
    expect(await sh('echo opens >"$1"; echo at once', gate)).toMatchObject({
      stdout: Buffer.from('at once\n'),
    });
    expect(await first).toEqual({ stdout: Buffer.from('late\n'), stderr: Buffer.alloc(0), code: 4 });
  });

  it('looks for the program in the PATH that the program will have', async () => {
    await expect(
      launcher.run({ program: 'true', args: [], env: { PATH: '/nowhere' } }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(launcher.run({ program: '/etc/passwd', args: [], env })).rejects.toMatchObject({
      code: 'EACCES',
    });
    expect(await sh('exit 0')).toMatchObject({ code: 0 });
  });

  it('has it stop at the signals that it does not handle', async () => {
    const { stdout } = await sh('yes | head -n 1; kill -TERM $$');
    expect(stdout.toString()).toBe('y\n');
  });

  it('lets what runs come to its end when nobody asks for more', async () => {
    const gate = await makeGate();
    const own = new Launcher();
    const running = own.run({ program: 'sh', args: ['-c', 'read line <"$1"; echo done', 'sh', gate], env });
    await own.run({ program: 'true', args: [], env });
    await own.end();
    await sh('echo opens >"$1"', gate);
    expect((await running).stdout.toString()).toBe('done\n');
  });
});
