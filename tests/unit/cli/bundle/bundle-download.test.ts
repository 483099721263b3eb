import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import http, { type ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { type CliRun, runCommand } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';

const content = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${index} `).join(''));
const sha256 = createHash('sha256').update(content).digest('hex');
const part = `fw-1.raucb.${sha256.slice(0, 12)}.part`;

/** Answers one request for the content, which asks for it from a place on. */
type Play = (response: ServerResponse, from: number) => void;

const begin = (response: ServerResponse, from: number) =>
  response.writeHead(from === 0 ? 200 : 206, {
    'Content-Length': content.length - from,
    ...(from === 0 ? {} : { 'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}` }),
  });
const honest: Play = (response, from) => begin(response, from).end(content.subarray(from));
const wholeAlways: Play = (response) => begin(response, 0).end(content);
const otherBytes: Play = (response, from) => begin(response, from).end(Buffer.alloc(content.length - from));
const cutInTheMiddle: Play = (response, from) => {
  begin(response, from).write(content.subarray(from, from + 100_000));
  response.socket?.destroySoon();
};
/** The bundle, and more without an end. */
const endless: Play = (response) => {
  response.on('error', () => undefined).writeHead(200);
  response.write(content);
  const more = () => {
    while (response.write(Buffer.alloc(10_000)));
    response.once('drain', more);
  };
  more();
};
const cutAtOnce: Play = (response) => response.socket?.destroy();

let cwd: string;
const servers: http.Server[] = [];
beforeEach(async () => {
  cwd = await temporaryFolder();
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A download from a server that plays these parts in turn, the last one again and again. */
async function download(args: readonly string[], plays: readonly Play[], given: Partial<CliRun> = {}) {
  const starts: number[] = [];
  const waits: number[] = [];
  const server = http.createServer((request, response) => {
    if (request.url === '/api/bundles/fw-1.raucb') {
      response.end(JSON.stringify({ sha256, size: content.length }));
      return;
    }
    expect(request.headers['if-match']).toBe(`"${sha256}"`);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    starts.push(from);
    (plays[starts.length - 1] ?? plays.at(-1))?.(response, from);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const wait = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  const command = [
    'bundle',
    'download',
    'fw-1.raucb',
    ...args,
    '--server',
    `http://127.0.0.1:${address.port}`,
  ];
  const result = await runCommand(command, { cwd, surroundings: { wait }, ...given });
  return { ...result, starts, waits };
}

const saved = (name = 'fw-1.raucb') => readFile(path.join(cwd, name));

describe('bundle download', () => {
  it('saves the bundle under its name, and says where and what it is', async () => {
    const { code, stdout, stderr } = await download([], [honest]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'fw-1.raucb\n' });
    expect(stderr).toContain(sha256);
    expect(content.equals(await saved())).toBe(true);
    expect(await readdir(cwd)).toEqual(['fw-1.raucb']);
  });

  it('takes another name, or a folder', async () => {
    await mkdir(path.join(cwd, 'usb'));
    expect((await download(['other.raucb'], [honest])).code).toBe(0);
    const { stdout } = await download(['usb', '--json'], [honest]);
    expect(JSON.parse(stdout)).toEqual({
      bundle: 'fw-1.raucb',
      file: path.join(cwd, 'usb/fw-1.raucb'),
      sha256,
      size: content.length,
    });
    expect(content.equals(await saved('other.raucb'))).toBe(true);
    expect(content.equals(await saved('usb/fw-1.raucb'))).toBe(true);
  });

  it('goes on where it was cut, and says so', async () => {
    const { code, stderr, starts, waits } = await download([], [cutInTheMiddle, cutAtOnce, honest]);
    expect(code).toBe(0);
    expect(content.equals(await saved())).toBe(true);
    expect(starts).toHaveLength(3);
    expect(starts[1]).toBeLessThanOrEqual(100_000);
    expect(starts[2]).toBe(starts[1]);
    expect(waits).toHaveLength(2);
    expect(stderr.match(/resuming at/g)).toHaveLength(2);
  });

  it('goes on where a proxy has taken the range away', async () => {
    const { code, starts } = await download([], [cutInTheMiddle, wholeAlways]);
    expect({ code, requests: starts.length }).toEqual({ code: 0, requests: 2 });
    expect(content.equals(await saved())).toBe(true);
  });

  it('goes on with what a killed one has left', async () => {
    await writeFile(path.join(cwd, part), content.subarray(0, 1_000));
    const { code, starts, stderr } = await download([], [honest]);
    expect({ code, starts }).toEqual({ code: 0, starts: [1_000] });
    expect(stderr).toContain('1000 B downloaded already');
    expect(content.equals(await saved())).toBe(true);
    expect(await readdir(cwd)).toEqual(['fw-1.raucb']);
  });

  it('gives up when it is cut again and again, and keeps what it has for the next time', async () => {
    await writeFile(path.join(cwd, part), content.subarray(0, 1_000));
    const { code, stderr, starts, waits } = await download(['--json'], [cutAtOnce]);
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'unavailable' } });
    expect(starts).toEqual(Array.from({ length: waits.length + 1 }, () => 1_000));
    expect(await readdir(cwd)).toEqual([part]);
  });

  it('gives no name to other bytes than those of the bundle, and does not go on with them', async () => {
    const { code, stderr } = await download(['--json'], [otherBytes]);
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'unavailable' } });
    expect(await readdir(cwd)).toEqual([]);
    await writeFile(path.join(cwd, part), Buffer.alloc(1_000));
    expect((await download([], [honest])).code).toBe(1);
    expect((await download([], [honest])).code).toBe(0);
    expect(content.equals(await saved())).toBe(true);
  });

  it('takes no more than the bundle from an answer without an end', async () => {
    const { code, starts } = await download([], [endless]);
    expect({ code, starts }).toEqual({ code: 0, starts: [0] });
    expect(content.equals(await saved())).toBe(true);
  });

  it('does not go on with other bytes that have got its name', async () => {
    const replaced: Play = (response) => response.writeHead(412).end();
    await writeFile(path.join(cwd, part), content.subarray(0, 1_000));
    const { code, stderr, starts } = await download(['--json'], [replaced]);
    expect({ code, starts }).toEqual({ code: 1, starts: [1_000] });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'conflict' } });
    expect(await readdir(cwd)).toEqual([part]);
  });

  it('replaces a file only with --force', async () => {
    await writeFile(path.join(cwd, 'fw-1.raucb'), 'mine');
    const { code, stderr, starts } = await download(['--json'], [honest]);
    expect({ code, starts }).toEqual({ code: 1, starts: [] });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'conflict' } });
    expect((await saved()).toString()).toBe('mine');
    expect((await download(['--force'], [honest])).code).toBe(0);
    expect(content.equals(await saved())).toBe(true);
  });

  it('replaces nothing else than a file, also with --force', async () => {
    const socket = createServer().listen(path.join(cwd, 'socket'));
    await once(socket, 'listening');
    const { code, stderr, starts } = await download(['socket', '--force', '--json'], [honest]);
    socket.close();
    expect({ code, starts }).toEqual({ code: 1, starts: [] });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'conflict' } });
  });

  it('follows no link that lies where it writes', async () => {
    await writeFile(path.join(cwd, 'victim'), 'mine');
    await symlink('victim', path.join(cwd, part));
    expect((await download([], [honest])).code).toBe(1);
    expect((await saved('victim')).toString()).toBe('mine');
  });

  it('tells what the server refuses, and leaves nothing behind', async () => {
    const refuse: Play = (response) =>
      response.writeHead(429).end(JSON.stringify({ code: 'too-many-requests', detail: 'too many' }));
    const { code, stderr, waits } = await download([], [refuse]);
    expect({ code, stderr, waits }).toEqual({ code: 1, stderr: 'error: too many\n', waits: [] });
    expect(await readdir(cwd)).toEqual([]);
  });

  it('shows progress on a terminal only', async () => {
    expect((await download(['a'], [honest], { isTerminal: true })).stderr).toContain('\r');
    expect((await download(['b'], [honest])).stderr).not.toMatch(/[\r\u001b]/);
  });
});

describe('bundle download to standard output', () => {
  it('writes nothing but the bundle, also when it was cut', async () => {
    const { code, stdout, stderr } = await download(['-'], [cutInTheMiddle, honest]);
    expect({ code, isSame: stdout === content.toString() }).toEqual({ code: 0, isSame: true });
    expect(stderr).toContain(sha256);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('fails when the bytes were others', async () => {
    expect((await download(['-'], [otherBytes])).code).toBe(1);
  });

  it('is refused on a terminal, and together with JSON', async () => {
    expect(await download(['-'], [honest], { isStdoutTerminal: true })).toMatchObject({
      code: 2,
      stdout: '',
    });
    expect(await download(['-', '--json'], [honest])).toMatchObject({ code: 2, stdout: '' });
  });
});
