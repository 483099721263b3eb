import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '../../../support/programs';
import { runCommand } from '../../../support/cli-harness';

describe('config show', () => {
  it('tells each value and where it came from', async () => {
    const cwd = await temporaryFolder();
    await writeFile(path.join(cwd, '.env'), 'COMPATIBLE=my-board\n');
    const { code, stdout } = await runCommand(['config', 'show', '--device-port', '9443'], {
      cwd,
      env: { UPLOAD_LIMIT: '600MB' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^DEVICE_PORT +9443 +flag$/m);
    expect(stdout).toMatch(/^UPLOAD_LIMIT +600MB +environment$/m);
    expect(stdout).toMatch(/^COMPATIBLE +my-board +\.env file$/m);
    expect(stdout).toMatch(/^ADMIN_PORT +8080 +default$/m);
  });

  it('tells it as JSON, typed', async () => {
    const { stdout } = await runCommand(['config', 'show', '--json', '--shutdown-grace', '5s'], {
      cwd: '/srv',
    });
    const { options } = JSON.parse(stdout) as { options: unknown[] };
    expect(options).toContainEqual({
      variable: 'SHUTDOWN_GRACE',
      value: 5000,
      unit: 'milliseconds',
      source: 'flag',
    });
    expect(options).toContainEqual({ variable: 'DATA_DIR', value: '/srv/data', source: 'default' });
  });

  it('hides secrets, and tells whether there is one', async () => {
    const given = { cwd: '/srv', env: { ADMIN_TOKEN: 'rss_very-secret' } };
    const text = await runCommand(['config', 'show'], given);
    const json = await runCommand(['config', 'show', '--json'], given);
    expect(text.stdout + text.stderr + json.stdout + json.stderr).not.toContain('very-secret');
    expect(text.stdout).toMatch(/^ADMIN_TOKEN +•+ +environment$/m);
    const { options } = JSON.parse(json.stdout) as { options: unknown[] };
    expect(options).toContainEqual({ variable: 'ADMIN_TOKEN', is_set: true, source: 'env' });
  });

  it('lets a flag turn off what the environment turned on', async () => {
    const env = { ALLOW_UNTRUSTED: 'true' };
    const { stdout } = await runCommand(['config', 'show', '--no-allow-untrusted'], { cwd: '/srv', env });
    expect(stdout).toMatch(/^ALLOW_UNTRUSTED +false +flag$/m);
  });
});
