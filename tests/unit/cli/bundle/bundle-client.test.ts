import { chmod, mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import express from 'express';
import multer from 'multer';
import { mustRun, temporaryFolder } from '../../../support/programs';
import { type CliRun, runCommand } from '../../../support/cli-harness';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

let cwd: string;
const closers: (() => void)[] = [];

beforeAll(async () => {
  cwd = await temporaryFolder();
  await writeFile(path.join(cwd, 'fw-1.raucb'), Buffer.alloc(3 << 20, 'bundle'));
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: http.Server | https.Server | ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A real server on loopback; its address. */
async function serve(handler: Handler, onContinue?: Handler): Promise<string> {
  const server = http.createServer((request, response) => void handler(request, response));
  if (onContinue !== undefined) {
    server.on('checkContinue', (request, response) => void onContinue(request, response));
  }
  return `http://127.0.0.1:${await listen(server)}`;
}

/** A server that remembers what it got and always answers the same. */
async function serveAnswer(status: number, answer: unknown): Promise<{ address: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const address = await serve(async (request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: await bodyOf(request) });
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'Content-Type': type }).end(JSON.stringify(answer));
  });
  return { address, seen };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

const bundle = {
  name: 'fw-1.raucb',
  sha256: 'ab'.repeat(32),
  size: 3 << 20,
  compatible: 'my-board',
  version: '1.0.0',
  format: 'verity',
  encrypted: false,
  verdict: 'trusted',
  reasons: [],
  warnings: [{ code: 'plain-format', message: 'cannot be streamed' }],
  uploaded_at: '2026-11-24T04:00:00.000Z',
  uploaded_by: 'local',
  active_for: [{ compatible: 'my-board', channel: 'stable' }],
  manifest_hash: null,
};
const release = { id: 12, compatible: 'my-board', channel: 'stable', bundle: 'fw-1.raucb' };
const stored = { bundle, created: true, release };

const run = (args: string[], given: Partial<CliRun> = {}) =>
  runCommand(['bundle', ...args], { cwd, ...given });

describe('bundle upload', () => {
  it('sends one multipart form with the fields before the file, and tells what became of it', async () => {
    let form: { fields: object; name: string | undefined; content: Buffer | undefined } | undefined;
    const app = express().post(
      '/upload',
      multer({ preservePath: true, defParamCharset: 'utf8' }).single('bundle'),
      (request, response) => {
        form = {
          fields: { ...(request.body as object) },
          name: request.file?.originalname,
          content: request.file?.buffer,
        };
        response.status(201).json(stored);
      },
    );
    const address = `http://127.0.0.1:${await listen(http.createServer(app))}`;
    const options = ['--activate', '--force', '--compatible', 'acme gw é', '--server', address];
    const { code, stdout, stderr } = await run(['upload', 'fw-1.raucb', ...options]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'fw-1.raucb  my-board, 1.0.0, 3.0 MiB, trusted, release 12\n',
    });
    expect(stderr).toContain('cannot be streamed');
    expect(form?.fields).toEqual({ activate: 'true', compatible: 'acme gw é', force: 'true' });
    expect(form?.name).toBe('fw-1.raucb');
    expect(form?.content?.equals(await readFile(path.join(cwd, 'fw-1.raucb')))).toBe(true);
  });

  it('announces its exact length, and sends the fields before the file', async () => {
    const { address, seen } = await serveAnswer(201, stored);
    await run(['upload', 'fw-1.raucb', '--activate', '--server', address]);
    const [{ method, url, headers, body } = {} as Seen] = seen;
    expect({ method, url }).toEqual({ method: 'POST', url: '/upload' });
    expect(Number(headers['content-length'])).toBe(body.length);
    expect(body.indexOf('name="activate"')).toBeLessThan(body.indexOf('name="bundle"'));
  });

  it('sends a file of any name under the name that is given', async () => {
    const { address, seen } = await serveAnswer(201, { ...stored, release: null });
    await writeFile(path.join(cwd, 'update.bin'), 'bundle');
    const upload = ['upload', 'update.bin', '--server', address];
    const { code, stdout } = await run([...upload, '--name', 'fw-1.raucb']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'fw-1.raucb  my-board, 1.0.0, 3.0 MiB, trusted\n' });
    expect(seen[0]?.body.includes('filename="fw-1.raucb"')).toBe(true);
    expect(await run([...upload, '--name', '../fw-1.raucb'])).toMatchObject({ code: 2 });
    expect(await run(upload)).toMatchObject({ code: 2 });
    expect(seen).toHaveLength(1);
  });

  it('sends several files one after the other, and tells of each', async () => {
    const { address, seen } = await serveAnswer(201, { ...stored, release: null });
    await writeFile(path.join(cwd, 'fw-2.raucb'), 'second');
    const upload = ['upload', 'fw-1.raucb', 'fw-2.raucb', '--server', address];
    const { code, stdout } = await run(upload);
    expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 2 });
    expect(seen.map(({ body }) => /filename="([^"]+)"/.exec(body.toString('latin1'))?.[1])).toEqual([
      'fw-1.raucb',
      'fw-2.raucb',
    ]);
    const { stdout: json } = await run([...upload, '--json']);
    expect(JSON.parse(json)).toEqual({ uploads: Array(2).fill({ ...stored, release: null }) });
  });

  it('ends at the first file that is refused, and tells what was done before', async () => {
    const { address, seen } = await serveAnswer(201, stored);
    const upload = ['upload', 'fw-1.raucb', 'gone.raucb', 'fw-1.raucb', '--json', '--server', address];
    const { code, stdout, stderr } = await run(upload);
    expect({ code, uploads: JSON.parse(stdout) as unknown }).toEqual({
      code: 1,
      uploads: { uploads: [stored] },
    });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'not-found' } });
    expect(seen).toHaveLength(1);
  });

  it('sends nothing when one of several names is none', async () => {
    const { address, seen } = await serveAnswer(201, stored);
    const upload = (...args: string[]) => run(['upload', ...args, '--server', address]);
    await writeFile(path.join(cwd, 'firmware.bin'), 'bundle');
    expect((await upload('fw-1.raucb', 'firmware.bin')).code).toBe(2);
    expect((await upload('fw-1.raucb', 'fw-1.raucb', '--name', 'fw-2.raucb')).code).toBe(2);
    expect(seen).toEqual([]);
  });

  it('tells of a file that is not there before it speaks of its name', async () => {
    const { address, seen } = await serveAnswer(201, stored);
    const missing = await run(['upload', 'fw-2', '--server', address]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('does not exist') as string });
    const folder = await run(['upload', '.', '--server', address]);
    expect(folder).toMatchObject({ code: 1, stderr: expect.stringContaining('is not a file') as string });
    expect(seen).toEqual([]);
  });

  it('sends standard input in chunks, without knowing its length', async () => {
    const { address, seen } = await serveAnswer(201, { ...stored, release: null });
    const upload = ['upload', '-', '--name', 'fw-1.raucb', '--server', address];
    const { code } = await run(upload, {
      stdin: Readable.from(['one, ', 'two'].map((text) => Buffer.from(text))),
    });
    expect(code).toBe(0);
    const [{ headers, body } = {} as Seen] = seen;
    expect(headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(headers).not.toHaveProperty('content-length');
    expect(body.toString()).toContain(
      'filename="fw-1.raucb"\r\nContent-Type: application/octet-stream\r\n\r\none, two\r\n--',
    );
    const { stderr } = await run(upload, { stdin: 'bundle', isTerminal: true });
    expect(stderr).toContain('the server is verifying it');
  });

  it('refuses a standard input that has no name, or nothing in it', async () => {
    const { address, seen } = await serveAnswer(201, stored);
    expect(await run(['upload', '-', '--server', address], { stdin: 'bundle' })).toMatchObject({ code: 2 });
    expect(seen).toEqual([]);
    const ignoring = await serve((request) => void request.on('error', () => undefined).resume());
    const empty = await run(['upload', '-', '--name', 'fw-1.raucb', '--json', '--server', ignoring]);
    expect(empty.code).toBe(1);
    expect(JSON.parse(empty.stderr)).toMatchObject({ error: { code: 'invalid-input' } });
  });

  it('does not wait for the rest of standard input when the server has refused', async () => {
    const address = await serve((request, response) => {
      request.once('data', () => {
        response.writeHead(409).end(JSON.stringify({ code: 'conflict', detail: 'other bytes' }));
        request.resume();
      });
    });
    const stdin = new PassThrough();
    stdin.write('a beginning'); // and no end
    const { code, stderr } = await run(['upload', '-', '--name', 'fw-1.raucb', '--server', address], {
      stdin,
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: other bytes\n' });
    expect(stdin.destroyed).toBe(true);
  });

  it('prints the answer of the server as JSON', async () => {
    const { address } = await serveAnswer(201, { ...stored, more: 1 });
    const { code, stdout, stderr } = await run(['upload', 'fw-1.raucb', '--json', '--server', address], {
      isTerminal: true,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ ...stored, more: 1 });
  });

  it('shows progress on a terminal only, and not when quiet', async () => {
    const { address } = await serveAnswer(201, stored);
    const upload = ['upload', 'fw-1.raucb', '--server', address];
    expect((await run(upload, { isTerminal: true })).stderr).toMatch(/\r#*\.+ {2}\d+ %/);
    expect((await run(upload)).stderr).not.toMatch(/[\r\u001b]/);
    expect((await run(upload, { isTerminal: true, env: { TERM: 'dumb' } })).stderr).not.toMatch(/[\r\u001b]/);
    expect((await run([...upload, '--quiet'], { isTerminal: true })).stderr).toBe('');
  });

  it('holds no more of a large file than pieces', async () => {
    const large = await open(path.join(cwd, 'large.raucb'), 'w');
    await large.truncate(2 ** 29 + 5);
    await large.close();
    let received = 0;
    let peak = 0;
    const before = process.memoryUsage.rss();
    const address = await serve(async (request, response) => {
      for await (const piece of request as AsyncIterable<Buffer>) {
        received += piece.length;
        peak = Math.max(peak, process.memoryUsage.rss());
      }
      response.end(JSON.stringify(stored));
    });
    expect((await run(['upload', 'large.raucb', '--server', address])).code).toBe(0);
    expect(received).toBeGreaterThan(2 ** 29);
    expect(peak - before).toBeLessThan(200 << 20);
  });

  it('sends no byte of the file when the server refuses by the headers', async () => {
    let sent = 0;
    const address = await serve(
      () => undefined,
      (request, response) => {
        request.on('data', (piece: Buffer) => (sent += piece.length));
        response
          .writeHead(401)
          .end(JSON.stringify({ code: 'unauthenticated', detail: 'no token', remedy: 'Get one.' }));
      },
    );
    const { code, stderr } = await run(['upload', 'fw-1.raucb', '--server', address]);
    expect({ code, stderr, sent }).toEqual({ code: 1, stderr: 'error: no token\nhint: Get one.\n', sent: 0 });
  });

  it('stops sending when the server refuses in the middle', async () => {
    const large = await open(path.join(cwd, 'refused.raucb'), 'w');
    await large.truncate(2 ** 32);
    await large.close();
    const address = await serve((request, response) => {
      request.once('data', () => {
        response
          .writeHead(409)
          .end(JSON.stringify({ code: 'conflict', detail: 'other bytes', remedy: 'Rename it.' }));
        request.resume();
      });
    });
    const started = Date.now();
    const { code, stderr } = await run(['upload', 'refused.raucb', '--json', '--server', address]);
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'conflict', message: 'other bytes', remedy: 'Rename it.' },
    });
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('does not wait for ever for a server that knows no 100 Continue', async () => {
    let received = Buffer.alloc(0);
    const raw = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (piece: Buffer) => {
        received = Buffer.concat([received, piece]);
        if (!received.subarray(-8).toString().endsWith('--\r\n')) return;
        const answer = JSON.stringify(stored);
        socket.end(`HTTP/1.1 201 Created\r\nContent-Length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`);
      });
    });
    const address = `http://127.0.0.1:${await listen(raw)}`;
    expect((await run(['upload', 'fw-1.raucb', '--server', address])).code).toBe(0);
  });

  it('tells when the connection is cut', async () => {
    const address = await serve((request) => {
      request.once('data', () => request.socket.destroy());
    });
    const { code, stderr } = await run(['upload', 'fw-1.raucb', '--json', '--server', address]);
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'unavailable' } });
  });

  it('gives up when the file becomes shorter meanwhile', async () => {
    const file = path.join(cwd, 'shrinking.raucb');
    await writeFile(file, Buffer.alloc(64 << 20));
    const address = await serve(async (request) => {
      request.on('error', () => undefined);
      request.pause();
      await truncate(file, 1 << 20);
      request.resume();
    });
    const { code, stderr } = await run(['upload', 'shrinking.raucb', '--json', '--server', address]);
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'invalid-input' } });
  });

  it('checks the file before it asks the server', async () => {
    await mkdir(path.join(cwd, 'folder.raucb'));
    await writeFile(path.join(cwd, 'empty.raucb'), '');
    await writeFile(path.join(cwd, 'firmware.bin'), 'x');
    const server = ['--server', 'http://127.0.0.1:1'];
    for (const [file, exitCode] of [
      ['missing.raucb', 1],
      ['folder.raucb', 1],
      ['empty.raucb', 1],
      ['firmware.bin', 2], // by its name it is not a bundle
    ] as const) {
      const { code, stderr } = await run(['upload', file, ...server, '--json']);
      expect({ file, code }).toEqual({ file, code: exitCode });
      expect(stderr).not.toContain('unavailable');
    }
  });
});

describe('the other commands', () => {
  it('list the bundles, for people and for scripts', async () => {
    const { address, seen } = await serveAnswer(200, { bundles: [bundle] });
    const { stdout } = await run(['list', '--server', address]);
    expect(stdout).toMatch(
      /^fw-1\.raucb +my-board +1\.0\.0 +verity +✓ trusted +- +3\.0 MiB +2026-11-24T04:00:00Z +my-board$/m,
    );
    expect(JSON.parse((await run(['list', '--json', '--server', address])).stdout)).toEqual({
      bundles: [bundle],
    });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/api/bundles' });
  });

  it('show states in colour on a terminal alone, and not where nobody wants it', async () => {
    const { address } = await serveAnswer(200, { bundles: [bundle] });
    const list = (given: Partial<CliRun> = {}) => run(['list', '--server', address], given);
    const plain = await list();
    expect(plain.stdout).not.toContain('\u001b');
    const coloured = await list({ isStdoutTerminal: true });
    expect(coloured.stdout).toContain('\u001b[32m✓ trusted\u001b[39m ');
    // Nothing is laid out in another way.
    expect(coloured.stdout.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain.stdout);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect((await list({ isStdoutTerminal: true, env })).stdout).toBe(plain.stdout);
    expect((await list({ isStdoutTerminal: true, env: { NO_COLOR: '' } })).stdout).toBe(coloured.stdout);
    const json = await run(['list', '--json', '--server', address], { isStdoutTerminal: true });
    expect(JSON.parse(json.stdout)).toEqual({ bundles: [bundle] });
  });

  it('say that there is nothing to list', async () => {
    const { address } = await serveAnswer(200, { bundles: [] });
    expect(await run(['list', '--server', address])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'nothing found\n',
    });
  });

  it('list what a newer server says, with fields and words that nobody knows yet', async () => {
    const newer = { ...bundle, verdict: 'doubtful', format: 'sealed', grade: 7 };
    const { address } = await serveAnswer(200, { bundles: [newer], next: 'page-2' });
    const { code, stdout } = await run(['list', '--server', address]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fw-1\.raucb +my-board +1\.0\.0 +sealed +· doubtful /m);
  });

  it('do not guess at an answer that has no such shape', async () => {
    const { address } = await serveAnswer(200, { bundles: [{ ...bundle, size: 'large' }] });
    const { code, stdout, stderr } = await run(['list', '--server', address]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Use the same version');
  });

  it.each([
    ['being-checked', [], null, 'being checked', ''],
    ['sound', [], null, 'sound', ''],
    [
      'mismatch',
      ['a.img', 'b.img'],
      null,
      'mismatch',
      'fw-1.raucb has images that do not match its manifest: a.img, b.img\n',
    ],
    [
      'not-checked',
      [],
      'it is encrypted',
      'not checked',
      'the images of fw-1.raucb were not checked: it is encrypted\n',
    ],
  ])('list what became of the images: %s', async (state, files, reason, word, note) => {
    const checked = { ...bundle, image_check: { state, files, reason } };
    const { address } = await serveAnswer(200, { bundles: [checked] });
    const { stdout, stderr } = await run(['list', '--server', address]);
    expect(stdout).toMatch(new RegExp(`✓ trusted +. ${word} +3\\.0 MiB`));
    expect(stderr).toBe(note);
    expect(JSON.parse((await run(['list', '--json', '--server', address])).stdout)).toEqual({
      bundles: [checked],
    });
  });

  it.each([
    [['activate', 'fw-1.raucb'], '/activate/fw-1.raucb', '{}', { release, changed: true }],
    [
      ['activate', 'fw 1.raucb', '--compatible', 'acme/gw', '--force'],
      '/activate/acme%2Fgw/fw%201.raucb',
      '{"force":true}',
      { release, changed: false },
    ],
    [
      ['activate', 'fw-1.raucb', '--from', '>=1.0 <2'],
      '/activate/fw-1.raucb',
      '{"from":">=1.0 <2"}',
      { release, changed: true },
    ],
    [['deactivate', 'acme/gw é'], '/deactivate/acme%2Fgw%20%C3%A9', '{}', { activation: {} }],
    [['deactivate', '..'], '/deactivate/..', '{}', { activation: {} }],
    [
      ['deactivate', 'acme', '--expected-release', '12'],
      '/deactivate/acme',
      '{"expected_release":12}',
      { activation: {} },
    ],
    [['delete', 'fw-1.raucb'], '/delete/fw-1.raucb', '{}', { deleted: { name: 'fw-1.raucb' } }],
    [
      ['delete', 'fw-1.raucb', '--force'],
      '/delete/fw-1.raucb',
      '{"force":true}',
      { deleted: { name: 'fw-1.raucb' } },
    ],
  ])('%j asks for exactly that', async (args, url, body, answer) => {
    const { address, seen } = await serveAnswer(200, answer);
    expect((await run([...args, '--server', address])).code).toBe(0);
    const json = await run([...args, '--json', '--server', address]);
    expect(JSON.parse(json.stdout)).toEqual(answer);
    expect(seen[0]).toMatchObject({ method: 'POST', url });
    expect(seen[0]?.body.toString()).toBe(body);
  });

  it('find a server below a path', async () => {
    const { address, seen } = await serveAnswer(200, { bundles: [] });
    expect((await run(['list', '--server', `${address}/rauc/`])).code).toBe(0);
    expect(seen[0]?.url).toBe('/rauc/api/bundles');
  });

  it('refuse names that are none before they ask', async () => {
    const server = ['--server', 'http://127.0.0.1:1'];
    for (const args of [
      ['activate', '../x.raucb'],
      ['delete', 'x'],
      ['deactivate', ' blank'],
      ['deactivate', 'acme', '--expected-release', 'twelve'],
    ]) {
      const { stderr } = await run([...args, ...server, '--json']);
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'invalid-input' } });
    }
  });
});

describe('the token', () => {
  const secret = 'rss_0123456789';

  it('is sent as Bearer from flag, environment, .env or file, and never printed', async () => {
    await writeFile(path.join(cwd, 'token'), `${secret}\n`);
    const { address, seen } = await serveAnswer(403, { code: 'forbidden', detail: 'too weak' });
    const list = ['list', '--server', address];
    const runs = [
      await run([...list, '--token', secret]),
      await run(list, { env: { ADMIN_TOKEN: secret } }),
      await run([...list, '--token-file', 'token']),
      await run([...list, '--json'], { env: { ADMIN_TOKEN_FILE: path.join(cwd, 'token') } }),
      await run([...list, '--token-file', 'token'], { env: { ADMIN_TOKEN: 'another' } }),
    ];
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(runs.map(() => `Bearer ${secret}`));
    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 1));
    expect(runs.map(({ stdout, stderr }) => stdout + stderr).join('')).not.toContain(secret);
  });

  it('in a file that others may read is sent, and they are told how to close it', async () => {
    const file = path.join(cwd, 'open-token');
    await writeFile(file, `${secret}\n`);
    const { address, seen } = await serveAnswer(200, { bundles: [] });
    await chmod(file, 0o640);
    expect((await run(['list', '--server', address, '--token-file', 'open-token'])).stderr).toContain(
      `chmod 600 ${file}`,
    );
    await chmod(file, 0o600);
    expect((await run(['list', '--server', address, '--token-file', 'open-token'])).stderr).toBe(
      'nothing found\n',
    );
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Bearer ${secret}`));
  });

  it('is not sent when there is none', async () => {
    const { address, seen } = await serveAnswer(200, { bundles: [] });
    await run(['list', '--server', address]);
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is refused when its file holds none, and the content is not told', async () => {
    await writeFile(path.join(cwd, 'not-a-token'), 'top secret words\n');
    const { code, stderr } = await run(['list', '--token-file', 'not-a-token']);
    expect(code).toBe(2);
    expect(stderr).not.toContain('top secret');
    expect((await run(['list', '--token-file', 'missing'])).code).toBe(1);
  });
});

describe('a server that is not there or not ours', () => {
  const failure = async (address: string) => {
    const { code, stderr } = await run(['list', '--json', '--server', address]);
    expect(code).toBe(1);
    return (JSON.parse(stderr) as { error: { code: string; remedy?: string; message: string } }).error;
  };

  it('is told about with how to start one', async () => {
    const probe = createServer();
    const port = await listen(probe);
    await new Promise((resolve) => probe.close(resolve));
    const error = await failure(`http://127.0.0.1:${port}`);
    expect(error.code).toBe('unavailable');
    expect(error.remedy).toContain('rauc-simple-server serve');
  });

  it.each([
    [200, 'text/html', '<html>'],
    [502, 'text/html', 'Bad Gateway'],
    [301, 'text/plain', ''],
    [500, 'application/json', '{"unknown":1}'],
    [200, 'application/json', '{"bundles":[{"name":5}]}'],
  ])('is told about when it answers %i %s %s', async (status, type, body) => {
    const address = await serve((_request, response) => {
      response.writeHead(status, { 'Content-Type': type, Location: 'https://elsewhere/' }).end(body);
    });
    const { code, stderr } = await run(['list', '--server', address]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
  });

  it('is told about with the request id when it has a bug', async () => {
    const { address } = await serveAnswer(500, {
      code: 'internal',
      title: 'Internal Server Error',
      request_id: 'r-42',
    });
    const error = await failure(address);
    expect(error.code).toBe('internal');
    expect(error.message).toContain('r-42');
  });

  it('has to have a certificate of a known CA, else the way to name one is told', async () => {
    await mustRun(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/CN=x',
      ].concat(['-keyout', 'tls.key', '-out', 'tls.crt', '-addext', 'subjectAltName=IP:127.0.0.1']),
      { cwd },
    );
    const [key, cert] = await Promise.all(
      ['tls.key', 'tls.crt'].map((name) => readFile(path.join(cwd, name))),
    );
    if (key === undefined || cert === undefined) throw new Error('no key pair');
    const server = https.createServer({ key, cert }, (_request, response) => response.end('{"bundles":[]}'));
    const error = await failure(`https://127.0.0.1:${await listen(server)}`);
    expect(error.remedy).toContain('NODE_EXTRA_CA_CERTS');
  });
});
