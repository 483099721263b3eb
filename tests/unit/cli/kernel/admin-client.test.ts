import { PassThrough } from 'node:stream';
import { AdminClient } from '../../../../src/cli/kernel/admin-client';
import type { Wiring } from '../../../../src/cli/kernel/wiring';
import { loadConfig } from '../../../../src/config/config';
import { testSurroundings } from '../../../support/cli-harness';

/** What is said when a client is made for this server; nothing is sent. */
async function saidFor(env: Record<string, string>): Promise<string> {
  const stream = new PassThrough();
  const context = {
    wiring: {} as Wiring,
    terminal: { stdin: stream, stdout: stream, stderr: stream },
    surroundings: testSurroundings('/'),
    exitCode: 0 as const,
  };
  await AdminClient.open(context, loadConfig({ env, dotenvPath: null, cwd: '/' }));
  return String(stream.read() ?? '');
}

describe('a token without encryption', () => {
  const ADMIN_TOKEN = 'rss_secret';

  it('is warned about when it leaves the machine, without telling it', async () => {
    const said = await saidFor({ ADMIN_TOKEN, RAUC_SERVER: 'http://updates.lan:8080' });
    expect(said).toContain('unencrypted');
    expect(said).not.toContain(ADMIN_TOKEN);
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080', 'https://updates.lan'])(
    'is fine to %s',
    async (server) => {
      expect(await saidFor({ ADMIN_TOKEN, RAUC_SERVER: server })).toBe('');
    },
  );

  it('is nothing to warn about when there is none', async () => {
    expect(await saidFor({ RAUC_SERVER: 'http://updates.lan:8080' })).toBe('');
  });
});
