import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { run, temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';

const brokenLookup = { NODE_OPTIONS: `--require ${path.resolve(__dirname, '../support/broken-lookup.js')}` };

interface Attention {
  readonly kind: string;
  readonly message: string;
}

async function attention({ adminUrl }: ServerProcess): Promise<readonly Attention[]> {
  const { stdout } = await run('curl', ['-sS', `${adminUrl}/api/overview`]);
  return (JSON.parse(stdout) as { attention: Attention[] }).attention.filter(
    ({ kind }) => kind === 'crashed',
  );
}

/** A server with a webhook whose delivery ends the process: an event is waiting for it. */
async function prepared(): Promise<string> {
  const folder = await temporaryFolder();
  const server = await startServer({ folder });
  const url = 'https://broken.example/hook';
  expect((await cli(folder, 'webhook', 'create', 'ops', url, '--server', server.adminUrl)).code).toBe(0);
  expect((await cli(folder, 'device', 'create', 'board-1', '--server', server.adminUrl)).code).toBe(0);
  expect(await server.stop('SIGKILL')).toBe(-1);
  return folder;
}

describe('an exception that nothing caught', () => {
  it('ends the server once with 70, and the next start leaves out what ended two in a row', async () => {
    const folder = await prepared();
    for (const times of [1, 2]) {
      const server = await startServer({ folder, env: brokenLookup });
      expect(await server.exited).toBe(70);
      expect(server.output.stderr.match(/an exception was not caught/g)).toHaveLength(1);
      expect(JSON.parse(await readFile(path.join(folder, 'data/crash.json'), 'utf8'))).toMatchObject({
        part: 'webhooks',
        message: 'out of a callback',
        times,
      });
    }

    const third = await startServer({ folder, env: brokenLookup });
    expect(third.output.stderr).toContain('leaves out webhooks');
    expect(await attention(third)).toMatchObject([
      { message: expect.stringContaining('without webhooks') as string },
    ]);
    // It works: what is decided lasts, and devices are known.
    expect((await cli(folder, 'device', 'hold', 'board-1', '--server', third.adminUrl)).code).toBe(0);
    expect(await third.stop()).toBe(0);

    // An orderly end clears the slate: the next run tries again, here without the fault.
    const fourth = await startServer({ folder });
    expect(await attention(fourth)).toEqual([]);
    expect(fourth.output.stderr).not.toContain('leaves out');
    const { stdout } = await cli(folder, 'device', 'show', 'board-1', '--json', '--server', fourth.adminUrl);
    expect(JSON.parse(stdout)).toMatchObject({ device: { id: 'board-1', hold: { reason: '' } } });
    expect(await fourth.stop()).toBe(0);
  });

  it('does not keep the server from ending when how it ended cannot be written', async () => {
    const folder = await prepared();
    const blocked = path.join(folder, 'data/crash.json.part');
    await run('mkdir', [blocked]);
    const server = await startServer({ folder, env: brokenLookup });
    expect(await server.exited).toBe(70);
    expect(server.output.stderr).toContain('how the server ended could not be written');
    await rm(blocked, { recursive: true });
  });
});

describe('a webhook whose name does not resolve', () => {
  it('is shown as failing, and the server runs on, also after a restart', async () => {
    const folder = await temporaryFolder();
    let server = await startServer({ folder });
    const at = () => ['--server', server.adminUrl];
    expect((await cli(folder, 'webhook', 'create', 'ops', 'http://receiver.invalid/', ...at())).code).toBe(0);
    expect((await cli(folder, 'device', 'create', 'board-1', ...at())).code).toBe(0);
    const lastError = async () => {
      for (;;) {
        const { stdout } = await cli(folder, 'webhook', 'list', '--json', ...at());
        const { webhooks } = JSON.parse(stdout) as { webhooks: { last_error: string | null }[] };
        const error = webhooks[0]?.last_error ?? null;
        if (error !== null) return error;
      }
    };
    expect(await lastError()).toContain('receiver.invalid');
    expect(await server.stop()).toBe(0);
    server = await startServer({ folder });
    expect(await lastError()).toContain('receiver.invalid');
    expect(await server.stop()).toBe(0);
  });
});
