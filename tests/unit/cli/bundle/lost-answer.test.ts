import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { lookPauses } from '../../../../src/core/lost-answer';
import { runCommand } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';

const content = Buffer.alloc(1 << 20, 'bundle');
const stored = {
  name: 'fw-1.raucb',
  sha256: createHash('sha256').update(content).digest('hex'),
  size: content.length,
  compatible: 'my-board',
  version: '1.0.0',
  format: 'verity',
  verdict: 'trusted',
  warnings: [],
  uploaded_at: '2026-11-24T04:00:00.000Z',
  active_for: [],
};
const policy = {
  steps: '100',
  start_at: null,
  promote_at_percent: null,
  pause_at_failures: null,
  pause_at_percent: null,
  max_in_progress: null,
  window: null,
};
const release = (id: number, state = 'running') => ({
  id,
  compatible: 'my-board',
  channel: 'stable',
  bundle: 'fw-1.raucb',
  version: '1.0.0',
  released_at: '2026-11-24T04:00:00.000Z',
  released_by: 'local',
  rollout: { state, step: 1, steps: 1, reason: null, policy },
});

type Answer = readonly [status: number, body: object | string];
const badGateway: Answer = [502, '<html>Bad Gateway</html>'];
const missing: Answer = [404, { code: 'not-found', detail: 'there is no bundle' }];

let cwd: string;
const closers: (() => void)[] = [];
beforeAll(async () => {
  cwd = await temporaryFolder();
  await writeFile(path.join(cwd, 'fw-1.raucb'), content);
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Script {
  readonly upload: Answer | ((request: IncomingMessage, response: ServerResponse) => void);
  /** The answers to looks for the bundle, the last one again and again. */
  readonly looks?: readonly Answer[];
  readonly releases?: readonly object[];
}

/** A server that plays a part, and what a command does about it. */
async function upload(script: Script, ...options: string[]) {
  const asked: string[] = [];
  const waits: number[] = [];
  let looks = 0;
  const send = (response: ServerResponse, [status, body]: Answer) => {
    const isText = typeof body === 'string';
    response.writeHead(status, {
      'Content-Type': isText ? 'text/html' : 'application/json',
      Server: 'nginx',
    });
    response.end(isText ? body : JSON.stringify(body));
  };
  const server = http.createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (request.url === '/upload') {
      if (typeof script.upload === 'function') script.upload(request, response);
      else request.resume().once('end', () => send(response, script.upload as Answer));
    } else if (request.url?.startsWith('/api/releases') === true) {
      send(response, [200, { releases: script.releases ?? [] }]);
    } else {
      const all = script.looks ?? [missing];
      send(response, all[Math.min(looks, all.length - 1)] ?? missing);
      looks += 1;
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const args = ['bundle', 'upload', 'fw-1.raucb', '--json', '--server', `http://127.0.0.1:${address.port}`];
  const wait = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  const { code, stdout, stderr } = await runCommand([...args, ...options], { cwd, surroundings: { wait } });
  const error =
    stderr === ''
      ? undefined
      : (JSON.parse(stderr) as { error: { code: string; message: string; remedy: string; details: object } })
          .error;
  return { code, stdout, error, asked, waits, looks };
}

describe('an upload that was sent whole, and whose answer is lost', () => {
  it('has failed when the server does not have it after all looks, and says who answered and what to do', async () => {
    const { code, error, waits } = await upload({ upload: badGateway });
    expect(code).toBe(1);
    expect(waits).toEqual(lookPauses(content.length));
    expect(error).toMatchObject({ code: 'unavailable', details: { status: 502, proxy: 'nginx' } });
    expect(error?.message).toContain('nginx');
    expect(error?.remedy).toContain('upload it again');
  });

  it('may be found late, and while the server is away in between', async () => {
    const looks: Answer[] = [missing, badGateway, [503, 'no'], missing, [200, stored]];
    const { code, stdout, waits } = await upload({ upload: [504, 'timeout'], looks });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ bundle: { sha256: stored.sha256 }, answer_lost: true });
    expect(waits).toEqual(lookPauses(content.length).slice(0, 4));
  });

  it('is found when the connection is cut in place of the answer', async () => {
    const cut = (request: IncomingMessage) =>
      request.resume().once('end', () => request.socket.resetAndDestroy());
    expect((await upload({ upload: cut, looks: [[200, stored]] })).code).toBe(0);
  });

  it('is found when the answer breaks off in its middle', async () => {
    const half = (request: IncomingMessage, response: ServerResponse) =>
      request.resume().once('end', () => {
        response.writeHead(201, { 'Content-Length': '1000' }).write('{"bundle":');
        setImmediate(() => response.destroy());
      });
    expect((await upload({ upload: half, looks: [[200, stored]] })).code).toBe(0);
  });

  it('is not the one that the server has when its bytes are others', async () => {
    const other = { ...stored, sha256: 'ab'.repeat(32) };
    const { code, error, waits } = await upload({ upload: badGateway, looks: [[200, other]] });
    expect({ code, waits }).toEqual({ code: 1, waits: [] });
    expect(error?.code).toBe('conflict');
  });

  it('has not been released when only the bundle is there', async () => {
    const { code, error } = await upload({ upload: badGateway, looks: [[200, stored]] }, '--activate');
    expect(code).toBe(1);
    expect(error).toMatchObject({ code: 'unavailable', details: { stored: true } });
    expect(error?.remedy).toContain("bundle activate 'fw-1.raucb'");
  });

  it.each([
    ['an aborted release', [release(7, 'aborted')], []],
    ['a release from before, with another policy', [release(7)], ['--steps', '5,100']],
  ])('has not been released by %s', async (_what, releases, options) => {
    const script = { upload: badGateway, looks: [[200, stored]] as const, releases };
    expect((await upload(script, '--activate', ...options)).code).toBe(1);
  });

  it('has been released when it is current', async () => {
    const script = { upload: badGateway, looks: [[200, stored]] as const, releases: [release(7)] };
    const { code, stdout } = await upload(script, '--activate');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ release: { id: 7 } });
  });

  it('is not asked for any more by somebody who may not look', async () => {
    const looks: Answer[] = [[403, { code: 'forbidden', detail: 'no' }]];
    const { code, error, waits } = await upload({ upload: badGateway, looks });
    expect({ code, waits }).toEqual({ code: 1, waits: [] });
    expect(error?.code).toBe('unavailable');
  });
});

describe('an upload is not looked for', () => {
  it.each<[string, Script]>([
    ['the server refuses it', { upload: [422, { code: 'bundle-broken', detail: 'broken' }] }],
    ['the server has a bug', { upload: [500, { code: 'internal', title: 'Internal Server Error' }] }],
    ['a proxy takes nothing so large', { upload: [413, '<html>'] }],
    ['something else answers', { upload: [200, '<html>'] }],
  ])('when %s', async (_why, script) => {
    const { code, looks } = await upload({ ...script, looks: [[200, stored]] });
    expect({ code, looks }).toEqual({ code: 1, looks: 0 });
  });

  it('when the connection breaks before all of it is sent', async () => {
    const cut = (request: IncomingMessage) => request.once('data', () => request.socket.resetAndDestroy());
    await writeFile(path.join(cwd, 'fw-1.raucb'), Buffer.alloc(64 << 20));
    const { code, looks } = await upload({ upload: cut, looks: [[200, stored]] });
    await writeFile(path.join(cwd, 'fw-1.raucb'), content);
    expect({ code, looks }).toEqual({ code: 1, looks: 0 });
  });
});

describe("a proxy's own answer", () => {
  it.each([
    [413, 'too-large', /client_max_body_size/],
    [502, 'unavailable', /server is running/],
    [503, 'unavailable', /server is running/],
    [504, 'unavailable', /proxy_read_timeout/],
  ])('%i is told with who gave it and what to do', async (status, code, remedy) => {
    const server = createServer((socket) => {
      socket.once('data', () => {
        const head = `HTTP/1.1 ${status} Sorry\r\nServer: nginx/1.22.1\r\nContent-Type: text/html\r\nConnection: close`;
        socket.end(`${head}\r\n\r\n<html>`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const args = ['bundle', 'list', '--json', '--server', `http://127.0.0.1:${address.port}`];
    const result = await runCommand(args, { cwd });
    expect(result.code).toBe(1);
    const { error } = JSON.parse(result.stderr) as { error: Record<string, string> };
    expect(error).toMatchObject({ code, details: { status, proxy: 'nginx/1.22.1' } });
    expect(error['message']).toContain('nginx/1.22.1');
    expect(error['remedy']).toMatch(remedy);
  });
});
