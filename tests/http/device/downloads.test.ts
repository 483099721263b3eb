import { once } from 'node:events';
import { readFile, truncate } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { makeBundle } from '../../support/bundle-factory';
import { connectDevice, type Protocol, protocols } from '../../support/device-client';
import {
  type ClientFiles,
  type DeviceListener,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { run } from '../../support/programs';
import { makeSparseBundle, type SparseBundle } from '../../support/sparse-bundle';

interface Download {
  readonly status: number;
  /** Not flowing yet. */
  readonly body: Readable;
  /** Cuts the connection. */
  readonly cut: () => void;
}

/** A download that the test reads itself, or leaves. */
async function download(
  url: string,
  files: ClientFiles,
  protocol: Protocol,
  target: string,
): Promise<Download> {
  const tls = await readClientFiles(files);
  if (protocol === 'HTTP/1.1') {
    const request = https.get(`${url}${target}`, { ...tls, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    request.on('error', () => undefined);
    return { status: response.statusCode ?? 0, body: response, cut: () => response.socket.destroy() };
  }
  const session = http2.connect(url, tls);
  const stream = session.request({ ':path': target });
  session.on('error', () => undefined);
  const [headers] = (await once(stream, 'response')) as [
    http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
  ];
  stream.once('close', () => session.close());
  return { status: headers[':status'] ?? 0, body: stream, cut: () => session.destroy() };
}

async function readAll(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

describe.each(protocols)('a file of more than 4 GiB over %s', (protocol) => {
  const gib = 2 ** 30;
  const size = 5 * gib + 3;
  const marks = { [4 * gib - 2]: 'across', [size - 8]: 'the-tail' };
  let sparse: SparseBundle;
  let board: ClientFiles;
  let listener: DeviceListener;

  beforeAll(async () => {
    sparse = await makeSparseBundle(size, marks);
    listener = await startDeviceListener({ readBundle: sparse.readBundle });
    board = await listener.device('board-1');
  });

  it.each([
    [`bytes=${4 * gib - 2}-${4 * gib + 3}`, 'across', `bytes ${4 * gib - 2}-${4 * gib + 3}/${size}`],
    [`bytes=${size - 8}-${size - 1}`, 'the-tail', `bytes ${size - 8}-${size - 1}/${size}`],
    ['bytes=-8', 'the-tail', `bytes ${size - 8}-${size - 1}/${size}`],
  ])('sends %s', async (range, text, contentRange) => {
    const client = await connectDevice(listener.url, board, protocol);
    const { status, headers, body } = await client.request('/bundles/big.raucb', { range });
    expect({ status, text: body.toString(), contentRange: headers['content-range'] }).toEqual({
      status: 206,
      text,
      contentRange,
    });
    expect((await client.request('/bundles/big.raucb', {}, 'HEAD')).headers['content-length']).toBe(
      `${size}`,
    );
  });

  it('sends one that is found only when it looks again, because another server has just stored it', async () => {
    const { readBundle, bundle } = sparse;
    const behind = await startDeviceListener({
      readBundle: {
        ...readBundle,
        find: () => undefined,
        lookFor: (name) => Promise.resolve(name === bundle.name ? bundle : undefined),
      },
    });
    const client = await connectDevice(behind.url, await behind.device('board-1'), protocol);
    const range = { range: 'bytes=-8' };
    expect((await client.request('/bundles/big.raucb', range)).body.toString()).toBe('the-tail');
    expect((await client.request('/bundles/other.raucb', range)).status).toBe(404);
  });

  it('holds little in memory for a device that stalls, and lets go of the file when it leaves', async () => {
    const before = listener.server.counts().bundleBytes;
    const { status, cut } = await download(
      listener.url,
      await listener.device('slow'),
      protocol,
      '/bundles/big.raucb',
    );
    expect(status).toBe(200);
    let sent = -1;
    await eventually(() => {
      const now = listener.server.counts().bundleBytes - before;
      const isStill = now === sent;
      sent = now;
      return isStill;
    });
    expect(sent).toBeLessThan(32 << 20); // mostly the kernel's buffers
    expect(await sparse.openFiles()).toBe(1);
    cut();
    await eventually(async () => (await sparse.openFiles()) === 0);
    await eventually(() => listener.server.counts().openRequests === 0);
  });

  it('lets go of the files of a hundred devices that vanish', async () => {
    const files = await listener.device('many');
    const downloads = await Promise.all(
      Array.from({ length: 100 }, () => download(listener.url, files, protocol, '/bundles/big.raucb')),
    );
    expect(await sparse.openFiles()).toBe(100);
    for (const { cut } of downloads) cut();
    await eventually(async () => (await sparse.openFiles()) === 0);
  });
});

describe.each(protocols)('bytes of a bundle over %s are never wrong', (protocol) => {
  const name = 'bundle.raucb';
  let listener: DeviceListener;
  let files: ClientFiles;
  let bytes: Buffer;
  /** Prints status and size. */
  const curl = (...args: string[]) =>
    run('curl', [
      ...['-sS', '--cacert', files.ca, '--cert', files.cert, '--key', files.key, '-o', '/dev/null', ...args],
      ...[protocol === 'HTTP/2' ? '--http2' : '--http1.1', '-w', '%{http_code} %{size_download}'],
      `${listener.url}/bundles/${name}`,
    ]);

  beforeEach(async () => {
    const bundle = await makeBundle({ imageSizeBytes: 24 << 20 });
    bytes = await readFile(bundle.path);
    listener = await startDeviceListener();
    await listener.publish(bundle.path);
    files = await listener.device('board-1');
  });

  afterEach(() => listener.close());

  it('a download that runs when the bundle is deleted ends well; the next range is a 404', async () => {
    const { body } = await download(listener.url, files, protocol, `/bundles/${name}`);
    await listener.services.deleteBundle.delete({ name, actor: 'local' });
    expect((await readAll(body)).equals(bytes)).toBe(true);
    const client = await connectDevice(listener.url, files, protocol);
    expect((await client.request(`/bundles/${name}`, { range: 'bytes=0-3' })).status).toBe(404);
  });

  describe('of a file that is cut short under the server', () => {
    let client: Awaited<ReturnType<typeof connectDevice>>;
    const errors = () => listener.lines.filter(({ level }) => level === 'error');

    beforeEach(async () => {
      client = await connectDevice(listener.url, files, protocol);
      expect((await client.request(`/bundles/${name}`, { range: 'bytes=0-3' })).status).toBe(206); // it is open now
      await truncate(path.join(listener.dataDir, 'bundles', name), 1 << 20);
    });

    it('a range is a 500, and then the bundle is not there until it is uploaded again', async () => {
      const range = await client.request(`/bundles/${name}`, { range: 'bytes=-8' });
      expect(range.status).toBe(500);
      expect(range.body.toString()).not.toContain(listener.dataDir);
      const next = await client.request(`/bundles/${name}`, { range: 'bytes=-8' });
      expect(next.status).toBe(404);
      expect(next.body.toString()).toContain('Upload the same bundle again.');
      expect((await curl()).stdout).toMatch(/^404 /);
      expect(errors()).toHaveLength(1);
    });

    it('the whole is a broken download, not a short file', async () => {
      const { code, stdout } = await curl();
      expect(code).not.toBe(0);
      expect(stdout).toMatch(/^200 /);
      expect(errors()).toHaveLength(1);
    });
  });

  it('a download that the end of the server cuts is an error, not a short file', async () => {
    const result = curl('--limit-rate', '4M');
    await eventually(() => listener.server.counts().openRequests === 1);
    await listener.server.close(0);
    const { code, stdout } = await result;
    expect(code).not.toBe(0);
    expect(Number(stdout.split(' ')[1])).toBeLessThan(bytes.length);
  });
});
