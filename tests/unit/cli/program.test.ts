import type { Command } from 'commander';
import { createProgram, runCli } from '../../../src/cli/program';
import type { CliContext, ExitCode } from '../../../src/cli/kernel/context';
import { DomainError } from '../../../src/core/errors';
import { PassThrough, Writable } from 'node:stream';
import type { Wiring } from '../../../src/cli/kernel/wiring';
import { type CliRun, runCommand, testSurroundings } from '../../support/cli-harness';

const cwd = '/nonexistent/folder';

/** Every command's words, groups too. */
function commandPaths(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  return [words, ...command.commands.flatMap((child) => commandPaths(child, [...words, child.name()]))];
}

function program(only?: string): Command {
  const stream = new PassThrough();
  const terminal = { stdin: stream, stdout: stream, stderr: stream };
  const context: CliContext = {
    wiring: {} as Wiring,
    terminal,
    surroundings: testSurroundings(cwd),
    exitCode: 0,
  };
  return createProgram(context, only);
}

it('knows only the command that is asked for, and all of them where none is', () => {
  const names = (only?: string) => program(only).commands.map((command) => command.name());
  expect(names('token')).toEqual(['token']);
  for (const other of [undefined, '--help', 'tokens', 'completion', 'constructor'])
    expect(names(other)).toContain('serve');
});

describe('help', () => {
  it('of every command is on standard output, with examples that begin with that command', async () => {
    const paths = commandPaths(program());
    expect(paths.map((words) => words.join(' '))).toEqual([
      '',
      'serve',
      'doctor',
      'backup',
      'restore',
      'move',
      'config',
      'config show',
      'cert',
      'cert ca',
      'cert server',
      'cert device',
      'cert list',
      'cert show',
      'cert verify',
      'cert revoke',
      'cert revoked',
      'cert refused',
      'bundle',
      'bundle upload',
      'bundle download',
      'bundle list',
      'bundle show',
      'bundle inspect',
      'bundle activate',
      'bundle deactivate',
      'bundle delete',
      'release',
      'release list',
      'release show',
      'release create',
      'release back',
      'release undo',
      'release deactivate',
      'release history',
      'rollout',
      'rollout show',
      'rollout wait',
      'rollout promote',
      'rollout pause',
      'rollout resume',
      'rollout abort',
      'attention',
      'attention list',
      'attention dismiss',
      'events',
      'webhook',
      'webhook create',
      'webhook list',
      'webhook order',
      'webhook enable',
      'webhook disable',
      'webhook test',
      'webhook deliveries',
      'webhook replay',
      'webhook delete',
      'device',
      'device list',
      'device export',
      'device show',
      'device explain',
      'device log',
      'device create',
      'device admit',
      'device hold',
      'device unhold',
      'device pin',
      'device unpin',
      'device channel',
      'device label',
      'device note',
      'device clear',
      'device cancel',
      'device revoke',
      'device forget',
      'device bulk',
      'device kit',
      'device token',
      'device token show',
      'device token create',
      'device token rotate',
      'device token remove',
      'device token import',
      'token',
      'token create',
      'token list',
      'token revoke',
      'completion',
    ]);
    for (const words of paths) {
      const { code, stdout, stderr } = await runCommand([...words, '--help'], { cwd });
      expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' });
      const examples = stdout.split('\nExamples:\n')[1] ?? '';
      const lines = examples.split('\n').filter((line) => line !== '');
      expect(lines.length).toBeGreaterThan(0);
      const start = `  $ ${['rauc-simple-server', ...words].join(' ')}`;
      expect(lines.filter((line) => !line.startsWith(start))).toEqual([]);
    }
  });

  it('says what each exit code means', async () => {
    const { stdout } = await runCommand(['--help'], { cwd });
    const listed = /\nExit codes:\n((?: {2}\d+ +\S.*\n)+)/.exec(stdout)?.[1] ?? '';
    const codes: readonly ExitCode[] = [0, 1, 2, 3, 70];
    expect([...listed.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code))).toEqual(codes);
  });

  it('has examples whose options all exist', () => {
    const missing: string[] = [];
    const root = program();
    for (const words of commandPaths(root)) {
      const command = words.reduce<Command | undefined>(
        (at, word) => at?.commands.find((child) => child.name() === word),
        root,
      );
      if (command === undefined || command.commands.length > 0) continue;
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      const used = (help.split('Examples:')[1] ?? '').match(/(?<= )--[a-z-]+/g) ?? [];
      const known = command.options.map((option) => option.long);
      missing.push(
        ...used.filter((flag) => !known.includes(flag)).map((flag) => `${words.join(' ')} ${flag}`),
      );
    }
    expect(missing).toEqual([]);
  });

  it('names the words that an option of the configuration takes', async () => {
    const { stdout } = await runCommand(['serve', '--help'], { cwd });
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/--log-level <word> [^-]*\(choices: "fatal", "error", "warn", "info"/);
    expect(text).toMatch(/--new-devices <word> [^-]*\(choices: "admit", "wait"\)/);
    const wrong = await runCommand(['serve', '--log-level', 'loud', '--json'], { cwd });
    expect(wrong.code).toBe(2);
    expect(JSON.parse(wrong.stderr)).toMatchObject({ error: { code: 'configuration' } });
  });

  it('is there for every command with --json', () => {
    const without = commandPaths(program())
      .map((words) =>
        words.reduce<Command | undefined>((at, w) => at?.commands.find((c) => c.name() === w), program()),
      )
      .filter((command) => command?.commands.length === 0)
      .filter((command) => !command?.options.some((option) => option.long === '--json'));
    expect(without).toEqual([]);
  });

  it('tells the version', async () => {
    expect(await runCommand(['--version'], { cwd })).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });
});

describe('wrong usage', () => {
  it.each([
    [[]],
    [['cert']],
    [['serv']],
    [['bundle', 'uplaod', 'x.raucb']],
    [['serve', 'now']],
    [['serve', '--no-such-flag']],
    [['cert', 'device']],
    [['cert', 'device', 'a', '--days', '0']],
    [['cert', 'device', 'a', '--days', '36501']],
    [['cert', 'device', 'a', '--days', '1.5']],
    [['cert', 'device', 'a', '--key', 'dsa']],
    [['cert', 'device', 'a', '--key', 'ec', '--csr', 'a.csr']],
    [['cert', 'ca', '--import-key', 'ca.key']],
    [['cert', 'ca', '--import', 'ca.crt', '--days', '5']],
    [['token', 'create', 'ci']],
    [['token', 'create', 'ci', '--scope', 'root']],
    [['device', 'hold']],
    [['device', 'list', '--state', 'broken']],
    [['device', 'list', '--limit', '1001']],
    [['device', 'list', '--all', '--limit', '5']],
    [['device', 'log', 'a', '--installation', 'x']],
    [['config', 'show', '--device-port', 'x']],
  ])('%j ends with 2, and nothing is on standard output', async (args) => {
    const { code, stdout, stderr } = await runCommand(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  it('suggests the command that was meant', async () => {
    expect((await runCommand(['serv'], { cwd })).stderr).toContain('serve');
    expect((await runCommand(['bundle', 'uplaod', 'x'], { cwd })).stderr).toContain('upload');
  });

  it('is JSON on standard error for scripts', async () => {
    for (const args of [
      ['serve', '--json', '--no-such-flag'],
      ['cert', 'device', '--json'],
      ['token', 'create', 'ci', '--json'],
    ]) {
      const { code, stdout, stderr } = await runCommand(args, { cwd });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage' } });
    }
  });
});

describe('exit codes', () => {
  const failing = (error: unknown): CliRun => ({
    cwd,
    wiring: {
      certificates: () => {
        throw error;
      },
    },
  });
  const list = ['cert', 'list'];

  it('is 1 for what is refused, with the remedy', async () => {
    const error = new DomainError('conflict', 'it is there', { remedy: 'Take another.' });
    const { code, stdout, stderr } = await runCommand(list, failing(error));
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: it is there\nhint: Take another.\n',
    });
  });

  it('is 1 for what the system refuses', async () => {
    const error = Object.assign(new Error("EACCES: permission denied, open '/x'"), { code: 'EACCES' });
    expect((await runCommand(list, failing(error))).code).toBe(1);
  });

  it('is 2 for the configuration, with every problem', async () => {
    const { code, stderr } = await runCommand([...list, '--json'], {
      cwd,
      env: { ADMIN_PORT: 'x', LOG_LEVEL: 'y' },
    });
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: 'configuration',
        details: { problems: [{ option: 'ADMIN_PORT' }, { option: 'LOG_LEVEL' }] },
      },
    });
  });

  it('is 70 for a bug, with the stack only under LOG_LEVEL=debug', async () => {
    const bug = failing(new TypeError('x is undefined'));
    const plain = await runCommand(list, bug);
    expect(plain.code).toBe(70);
    expect(plain.stderr).toContain('bug');
    expect(plain.stderr).not.toContain('program.test');
    const debug = await runCommand(list, { ...bug, env: { LOG_LEVEL: 'debug' } });
    expect(debug.stderr).toContain('program.test');
    expect((await runCommand([...list, '--log-level', 'debug'], bug)).stderr).toContain('program.test');
    const coded = Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' });
    expect((await runCommand(list, failing(coded))).code).toBe(70);
  });

  it('tells it as JSON on standard error for scripts', async () => {
    const error = new DomainError('not-found', 'no such thing', { remedy: 'Look elsewhere.' });
    const { code, stdout, stderr } = await runCommand([...list, '--json'], failing(error));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'not-found', message: 'no such thing', remedy: 'Look elsewhere.' },
    });
  });

  it('lets no text of others command the terminal', async () => {
    const error = new DomainError('not-found', 'evil \u001b]0;title\u0007 \u202e name');
    const { stderr } = await runCommand(list, failing(error));
    expect(stderr).not.toMatch(/[\u001b\u0007\u202e]/);
    const json = await runCommand([...list, '--json'], failing(error));
    expect(json.stderr).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { message: error.message } });
  });
});

describe('output that cannot be written', () => {
  const failingStream = (code: string) =>
    new Writable({
      write: (_piece, _encoding, done) => done(Object.assign(new Error(code), { code })),
    });

  async function showInto(stdout: NodeJS.WritableStream): Promise<number> {
    const stream = new PassThrough().resume();
    return runCli(
      ['node', 'x', 'config', 'show'],
      {} as Wiring,
      { stdin: stream, stdout, stderr: stream },
      testSurroundings(cwd),
    );
  }

  it('is no failure when the reader went away', async () => {
    expect(await showInto(failingStream('EPIPE'))).toBe(0);
  });

  it('is one when the disk is full', async () => {
    expect(await showInto(failingStream('ENOSPC'))).toBe(1);
  });
});
