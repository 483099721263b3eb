import { once } from 'node:events';
import { truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { makeBundle } from '../../support/bundle-factory';
import { run, temporaryFolder } from '../../support/programs';
import { type AdminListener, eventually, exchange, nothingStored, openAdminListener } from './admin-listener';

const boundary = 'xxBOUNDARYxx';
const partHead = `--${boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="a.raucb"\r\n\r\n`;
const partEnd = `\r\n--${boundary}--\r\n`;

function requestHead(contentLength: number, ...more: string[]): string {
  const lines = [
    'POST /upload HTTP/1.1',
    'Host: localhost',
    `Content-Type: multipart/form-data; boundary=${boundary}`,
    `Content-Length: ${contentLength}`,
    ...more,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function open(admin: AdminListener): Promise<Socket> {
  const socket = connect(admin.port, '127.0.0.1');
  socket.on('error', () => undefined); // a connection that the server cuts is part of these tests
  await once(socket, 'connect');
  return socket;
}

const answerOf = async (socket: Socket) => String((await once(socket, 'data'))[0]);

/** A file of zeros that takes no room. */
async function sparseFile(sizeBytes: number): Promise<string> {
  const file = path.join(await temporaryFolder(), 'zeros.raucb');
  await writeFile(file, '');
  await truncate(file, sizeBytes);
  return file;
}

const curl = (admin: AdminListener, file: string, ...args: string[]) =>
  run('curl', [
    '-sS',
    '-i',
    '--max-time',
    '120',
    '-F',
    `bundle=@${file};filename=a.raucb`,
    ...args,
    `${admin.url}/upload`,
  ]);

describe('an upload on its way', () => {
  it('leaves nothing behind when the client goes away', async () => {
    const admin = await openAdminListener();
    const socket = await open(admin);
    socket.write(requestHead(1_000_000) + partHead + 'x'.repeat(200_000));
    await eventually(async () => (await admin.stored()).incoming.length === 1);
    socket.destroy();
    await eventually(async () => (await admin.stored()).incoming.length === 0);
    await eventually(() => admin.requests.length === 1);
    expect(admin.requests[0]).toMatchObject({ level: 'info', facts: { aborted: true } });
    expect(await admin.stored()).toEqual(nothingStored);
    await admin.close();
  });

  it('leaves nothing behind when the client goes away before the fields after the file', async () => {
    const admin = await openAdminListener();
    const bundle = await readFile((await makeBundle()).path);
    const socket = await open(admin);
    socket.write(requestHead(bundle.length + 10_000));
    socket.write(
      Buffer.concat([Buffer.from(partHead), bundle, Buffer.from(`\r\n--${boundary}\r\nContent-Disp`)]),
    );
    await eventually(async () => (await admin.stored()).incoming.length === 1);
    socket.destroy();
    await eventually(async () => (await admin.stored()).incoming.length === 0);
    expect(await admin.stored()).toEqual(nothingStored);
    await admin.close();
  });

  it('ends when nothing moves any more, and leaves nothing behind', async () => {
    const admin = await openAdminListener({ stallTimeoutMs: 300 });
    const socket = await open(admin);
    socket.write(requestHead(1_000_000) + partHead + 'x'.repeat(1000));
    await once(socket, 'close');
    await eventually(async () => (await admin.stored()).incoming.length === 0);
    expect(await admin.stored()).toEqual(nothingStored);
    await admin.close();
  });

  it('may take far longer than the time after which silence ends it', async () => {
    const stallTimeoutMs = 400;
    const admin = await openAdminListener({ stallTimeoutMs });
    const bundle = await readFile((await makeBundle()).path);
    const body = Buffer.concat([Buffer.from(partHead), bundle, Buffer.from(partEnd)]);
    const socket = await open(admin);
    const answer = answerOf(socket);
    socket.write(requestHead(body.length));
    const pieces = 16;
    const started = Date.now();
    for (let i = 0; i < pieces; i += 1) {
      const [from, to] = [i, i + 1].map((n) => Math.floor((body.length * n) / pieces));
      socket.write(body.subarray(from, to));
      await new Promise((resolve) => setTimeout(resolve, 80)); // the slowness is what this is about
    }
    expect(Date.now() - started).toBeGreaterThan(2 * stallTimeoutMs);
    expect(await answer).toMatch(/^HTTP\/1\.1 201 /);
    socket.destroy();
    await admin.close();
  });

  it('has no limit on its whole time, and one on the time for its headers', async () => {
    const admin = await openAdminListener();
    expect(admin.server.limits).toEqual({
      requestTimeoutMs: 0,
      headersTimeoutMs: 60_000,
      stallTimeoutMs: 180_000,
    });
    await admin.close();
  });

  it('takes as long as it needs to be verified: the silence of a large bundle does not end it', async () => {
    const admin = await openAdminListener({
      stallTimeoutMs: 200,
      change: ({ inspect }) => ({
        inspect: async (bytes) => {
          await new Promise((resolve) => setTimeout(resolve, 600)); // as reading gigabytes again would
          return inspect(bytes);
        },
      }),
    });
    await admin.http
      .post('/upload')
      .attach('bundle', (await makeBundle()).path, 'a.raucb')
      .expect(201);
    await admin.close();
  });

  it('is not sent at all by a waiting client when it is refused', async () => {
    const admin = await openAdminListener({ admin: { requireToken: true } });
    const answer = await exchange(admin.port, requestHead(1_000_000, 'Expect: 100-continue'));
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).not.toContain('100 Continue');
    await admin.close();
  });

  it('is refused by its announced length before it is sent', async () => {
    const admin = await openAdminListener({ admin: { uploadLimitBytes: 1000 } });
    const answer = await exchange(admin.port, requestHead(1_000_000, 'Expect: 100-continue'));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    await admin.close();
  });

  it('that is refused on its way does not cost the client the answer, although it wants no further one', async () => {
    const admin = await openAdminListener();
    const socket = connect({ port: admin.port, host: '127.0.0.1', allowHalfOpen: true });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let problem: unknown;
    socket.on('error', (error) => (problem = error));
    const length = 1_000_000;
    socket.write(requestHead(length, 'Connection: close', 'Origin: http://evil.example') + partHead);
    expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 403 /);
    let left = length - partHead.length;
    for (; left > 0; left -= 100_000) {
      socket.write('x'.repeat(Math.min(left, 100_000)));
      await delay(20);
    }
    socket.end();
    await closed;
    expect(problem).toBeUndefined();
    await admin.close();
  });

  it('is asked for when a waiting client may send it', async () => {
    const admin = await openAdminListener();
    const socket = await open(admin);
    socket.write(requestHead(1_000_000, 'Expect: 100-continue'));
    expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 100 Continue/);
    socket.destroy();
    await admin.close();
  });

  it('comes through from curl, which waits before it sends a large body', async () => {
    const admin = await openAdminListener();
    const { path: file } = await makeBundle({ imageSizeBytes: 3 << 20 });
    const { stdout } = await curl(admin, file, '-F', 'activate=true', '-H', 'Expect: 100-continue');
    expect(stdout).toMatch(/^HTTP\/1\.1 100 Continue[^]*HTTP\/1\.1 201 /);
    await admin.close();
  });

  it.each([
    ['a wrong token', 401, {}, ['-H', 'Authorization: Bearer rss_wrong']],
    ['another origin', 403, {}, ['-H', 'Origin: http://evil.example']],
    ['its length', 413, { uploadLimitBytes: 1000 }, []],
    ['an unknown field before the file', 400, {}, ['-F', 'colour=red']],
  ] as const)(
    'shows curl why it is refused for %s, also while curl is sending',
    async (_why, status, options, args) => {
      const admin = await openAdminListener({ admin: options });
      const file = await sparseFile(300 << 20);
      const fields = args[0] === '-F' ? args : [];
      const headers = args[0] === '-H' ? args : [];
      const { stdout } = await run('curl', [
        '-sS',
        '-i',
        '--max-time',
        '60',
        '-H',
        'Expect:',
        ...headers,
        ...fields,
        '-F',
        `bundle=@${file};filename=a.raucb`,
        `${admin.url}/upload`,
      ]);
      expect(stdout).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(stdout).toContain('"code":');
      await eventually(async () => (await admin.stored()).incoming.length === 0);
      await admin.close();
    },
  );

  it('needs no more memory for a large file', async () => {
    const admin = await openAdminListener();
    const file = await sparseFile(400 << 20);
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    const { stdout } = await curl(admin, file);
    clearInterval(watch);
    expect(stdout).toMatch(/HTTP\/1\.1 422 /);
    expect(peak - before).toBeLessThan(128 << 20);
    expect(await admin.stored()).toEqual(nothingStored);
    await admin.close();
  });

  it('wins alone when two with different bytes have the same name at once', async () => {
    const admin = await openAdminListener();
    const made = await Promise.all(['one', 'two'].map((seed) => makeBundle({ seed })));
    const answers = await Promise.all(
      made.map(({ path: file }) => admin.http.post('/upload').attach('bundle', file, 'a.raucb')),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await admin.stored()).toEqual({ bundles: ['a.raucb'], incoming: [] });
    await admin.close();
  });
});
