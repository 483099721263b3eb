import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import path from 'node:path';
import { downloadLimits } from '../../../src/http/admin/catalog/bundle-content';
import type { ReadBundle } from '../../../src/services/catalog/read-bundle';
import { makeBundle, type MadeBundle } from '../../support/bundle-factory';
import { runCommand } from '../../support/cli-harness';
import { temporaryFolder } from '../../support/programs';
import { type AdminListener, eventually, openAdminListener } from './admin-listener';

const content = '/api/bundles/fw-1.raucb/content';

let made: MadeBundle;
let bytes: Buffer;
let admin: AdminListener;
let readBundle: ReadBundle;
beforeAll(async () => {
  made = await makeBundle();
  bytes = await readFile(made.path);
});
beforeEach(async () => {
  admin = await openAdminListener({
    changeServices: () => ({ readBundle: { open: (bundle) => readBundle.open(bundle) } }),
  });
  ({ readBundle } = admin.opened.services);
  await admin.opened.publish(made.path, { name: 'fw-1.raucb' });
});
afterEach(() => admin.close());

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const get = async (headers: Readonly<Record<string, string>> = {}): Promise<Got> =>
  await admin.http
    .get(content)
    .set(headers)
    .buffer(true)
    .parse((response, done) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => done(null, Buffer.concat(pieces)));
    });

const largeContent = '/api/bundles/large.raucb/content';

/** Larger than what a connection holds: an answer that nobody reads stays under way. */
async function publishLarge(): Promise<void> {
  const { path: large } = await makeBundle({ imageSizeBytes: 16 << 20, version: '2.0.0' });
  await admin.opened.publish(large, { name: 'large.raucb' });
}

async function openUnread(): Promise<IncomingMessage> {
  const request = http.get(`${admin.url}${largeContent}`, { agent: false });
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response.on('error', () => undefined);
}

describe('the content of a bundle', () => {
  it('is sent whole, with its SHA-256 as its ETag', async () => {
    const { status, headers, body } = await get();
    expect({ status, isSame: bytes.equals(body) }).toEqual({ status: 200, isSame: true });
    expect(headers).toMatchObject({
      etag: `"${made.sha256}"`,
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'content-disposition': 'attachment; filename="fw-1.raucb"',
    });
  });

  it.each([
    ['bytes=10-19', 10, 20],
    ['bytes=-5', -5, undefined],
    ['bytes=100-', 100, undefined],
  ])('is sent in part: %s', async (range, start, end) => {
    const { status, headers, body } = await get({ Range: range, 'If-Range': `"${made.sha256}"` });
    const part = bytes.subarray(start, end);
    expect({ status, isSame: part.equals(body) }).toEqual({ status: 206, isSame: true });
    const first = start < 0 ? bytes.length + start : start;
    expect(headers['content-range']).toBe(`bytes ${first}-${first + part.length - 1}/${bytes.length}`);
  });

  it('is sent whole where the caller has a part of other bytes', async () => {
    const { status, body } = await get({ Range: 'bytes=10-19', 'If-Range': '"other"' });
    expect({ status, length: body.length }).toEqual({ status: 200, length: bytes.length });
  });

  it.each([
    [304, { 'If-None-Match': 'its own' }],
    [412, { 'If-Match': '"other"' }],
    [416, { Range: 'bytes=99999999-' }],
  ])('is not sent with %i', async (status, headers) => {
    const asked = Object.entries(headers).map(([name, value]) => [
      name,
      value.replace('its own', `"${made.sha256}"`),
    ]);
    const answer = await get(Object.fromEntries(asked) as Record<string, string>);
    expect({ status: answer.status, length: answer.body.length }).toEqual({ status, length: 0 });
  });

  it('is described without its bytes for HEAD', async () => {
    const { headers, text } = await admin.http.head(content).expect(200);
    expect({ length: headers['content-length'], text }).toEqual({
      length: String(bytes.length),
      text: undefined,
    });
  });

  it('is what `bundle download` saves, and goes on with', async () => {
    const cwd = await temporaryFolder();
    const part = `fw-1.raucb.${made.sha256.slice(0, 12)}.part`;
    await writeFile(path.join(cwd, part), bytes.subarray(0, 1_000));
    const { code, stderr } = await runCommand(['bundle', 'download', 'fw-1.raucb', '--server', admin.url], {
      cwd,
    });
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('1000 B downloaded already') as string,
    });
    expect(bytes.equals(await readFile(path.join(cwd, 'fw-1.raucb')))).toBe(true);
  });

  it('that is gone from the disk is a problem, without the headers of a file', async () => {
    await rm(path.join(admin.opened.dataDir, 'bundles/fw-1.raucb'));
    const { status, headers } = await get();
    expect(status).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(headers).not.toHaveProperty('content-disposition');
    await admin.http.get('/api/bundles/none.raucb/content').expect(404);
  });

  it('is cut, not ended short, when the disk fails in the middle', async () => {
    const { services } = admin.opened;
    const broken = async (bundle: Parameters<ReadBundle['open']>[0]) => {
      const lease = await services.readBundle.open(bundle);
      return {
        sizeBytes: lease.sizeBytes,
        readNow: () => undefined,
        read: (position: number, length: number) => lease.read(position, length),
        release: () => lease.release(),
        createReadStream: (start: number, end: number) => {
          const stream = lease.createReadStream(start, end);
          stream.once('data', () => stream.destroy(new Error('EIO')));
          return stream;
        },
      };
    };
    readBundle = {
      find: (name) => services.readBundle.find(name),
      lookFor: () => Promise.resolve(undefined),
      openNow: () => undefined,
      open: broken,
    };
    await publishLarge();
    await expect(
      fetch(`${admin.url}${largeContent}`).then((answer) => answer.arrayBuffer()),
    ).rejects.toThrow();
    await eventually(() => admin.requests.some(({ facts }) => String(facts['err']).includes('EIO')));
  });

  it('is sent to so many at a time, and to the next when one has gone away', async () => {
    await publishLarge();
    const unread = await Promise.all(Array.from({ length: downloadLimits.perCaller }, openUnread));
    const part = () => admin.http.get(largeContent).set('Range', 'bytes=0-9');
    expect((await part()).status).toBe(429);
    expect((await admin.http.head(largeContent)).status).toBe(200); // nothing is sent that would have to wait
    expect((await admin.http.get('/metrics')).text).toContain('rauc_admin_downloads_refused_total 1');
    unread[0]?.destroy();
    await eventually(async () => (await part()).status === 206);
    for (const response of unread) response.destroy();
  });
});
