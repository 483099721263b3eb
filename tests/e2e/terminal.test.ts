import { spawn } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../support/bundle-factory';
import { temporaryFolder } from '../support/programs';
import { cli, entryPoint, type ServerProcess, startServer } from '../support/server-process';

interface Ended {
  readonly code: number | null;
  readonly shown: string;
}

/** Runs a command of the CLI on a terminal of its own (script(1) makes it), and types the answer once it asks. */
function onTerminal(
  folder: string,
  command: readonly string[],
  answer: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const line = [process.execPath, entryPoint, ...command].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  let shown = '';
  let hasAnswered = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (hasAnswered || !shown.includes('[y/N]')) return;
    hasAnswered = true;
    child.stdin.write(answer);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      child.stdin.destroy();
      resolve({ code, shown });
    });
  });
}

describe('on a terminal', () => {
  let folder: string;
  let server: ServerProcess;
  const activate = (...more: string[]) => [
    'bundle',
    'activate',
    'v1.raucb',
    '--server',
    server.adminUrl,
    ...more,
  ];
  const released = async () => {
    const { stdout } = await cli(folder, 'release', 'list', '--server', server.adminUrl, '--json');
    return stdout.includes('v1.raucb');
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    const bundle = await makeBundle({ compatible: 'my-board', version: '1.0.0' });
    await copyFile(bundle.path, path.join(folder, 'v1.raucb'));
    server = await startServer({ folder, env: { BUNDLE_KEYRING: bundle.keyringPath } });
    expect((await cli(folder, 'bundle', 'upload', 'v1.raucb', '--server', server.adminUrl)).code).toBe(0);
  });

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it.each([
    ['no', 'n\n'],
    ['the Enter key alone', '\n'],
    ['the end of the input', '\u0004'],
  ])(
    'a release to everyone is not made after %s, which says how to go step by step',
    async (_name, answer) => {
      const { code, shown } = await onTerminal(folder, activate(), answer);
      expect(shown).toContain('Release it to all devices at once? [y/N]');
      expect(shown).toContain('nothing was released; use --steps 5,25,100 to release step by step');
      expect(code).toBe(1);
      expect(await released()).toBe(false);
    },
  );

  it('a release to everyone is made after yes, with what it does in sight', async () => {
    const { code, shown } = await onTerminal(folder, activate(), 'y\n');
    expect(shown).toMatch(/v1\.raucb for my-board \(stable\): /);
    expect(code).toBe(0);
    expect(await released()).toBe(true);
  });

  it('a release asks nothing when it goes step by step, when nothing would change, or with --yes', async () => {
    const steps = ['release', 'create', 'v1.raucb', '--steps', '5,100', '--server', server.adminUrl];
    for (const command of [activate(), steps, activate('--yes')]) {
      const { code, shown } = await onTerminal(folder, command, '');
      expect(shown).not.toContain('[y/N]');
      expect(code).toBe(0);
    }
  });

  it('a list shows states in colour, unless nobody wants it', async () => {
    const list = ['bundle', 'list', '--server', server.adminUrl];
    const coloured = await onTerminal(folder, list, '', { TERM: 'xterm', NO_COLOR: '' });
    expect(coloured.shown).toContain('\u001b[32m✓ trusted\u001b[39m');
    const plain = await onTerminal(folder, list, '', { TERM: 'xterm', NO_COLOR: '1' });
    expect(plain.shown).toContain('✓ trusted');
    expect(plain.shown).not.toContain('\u001b');
  });
});
