import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../../support/cli-harness';
import { mustRun, temporaryFolder } from '../../../support/programs';

let cwd: string;
let script: string;
beforeAll(async () => {
  cwd = await temporaryFolder();
  const { code, stdout, stderr } = await runCommand(['completion', 'bash'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  script = path.join(cwd, 'completion.sh');
  await writeFile(script, stdout);
});

/** What the real bash offers for the last of these words. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const ask =
    'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rauc_simple_server; printf "%s\\n" "${COMPREPLY[@]}"';
  const args = ['--norc', '-c', ask, script, 'rauc-simple-server', ...words];
  const { stdout } = await mustRun('bash', args, { cwd });
  return stdout.split('\n').filter((line) => line !== '');
}

describe('the completion of bash', () => {
  it('offers the commands, and those of a group', async () => {
    expect(await offered('')).toEqual(expect.arrayContaining(['serve', 'cert', 'bundle', 'completion']));
    expect(await offered('ce')).toEqual(['cert']);
    expect(await offered('bundle', 'de')).toEqual(['deactivate', 'delete']);
  });

  it('offers the options of the command that is typed, also after its arguments', async () => {
    expect(await offered('device', 'kit', 'board-1', '--co')).toEqual(['--compatible']);
    expect(await offered('device', 'list', '--state', 'proven', '--sil')).toEqual(['--silent-poller']);
    expect(await offered('cert', 'list', '--silent')).toEqual([]);
  });

  it('offers the words that an option takes', async () => {
    expect(await offered('token', 'create', 'ci', '--scope', '')).toEqual(
      expect.arrayContaining(['publish', 'admin']),
    );
    expect(await offered('device', 'kit', 'board-1', '--polling', 'n')).toEqual(['native']);
    expect(await offered('cert', 'list', '--log-level', 'de')).toEqual(['debug']);
  });
});

describe('completion', () => {
  it.each(['zsh', 'fish'])('is there for %s', async (shell) => {
    const { code, stdout } = await runCommand(['completion', shell], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('complete ') as string });
    expect(JSON.parse((await runCommand(['completion', shell, '--json'], { cwd })).stdout)).toEqual({
      shell,
      script: stdout.trimEnd(),
    });
  });

  it('is refused for another shell, with those that there are', async () => {
    const { code, stdout, stderr } = await runCommand(['completion', 'csh'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('bash, zsh, fish');
  });
});
