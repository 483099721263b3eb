import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3BundleObjects } from '../../../../src/store/s3/objects';
import { S3Client } from '../../../../src/store/s3/s3-client';

const sha256 = 'a'.repeat(64);
const now = () => new Date('2026-11-02T12:00:00Z');
let server: Server;
let client: S3Client;
let objects: S3BundleObjects;

async function serve(answer: RequestListener): Promise<void> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  client = new S3Client({
    location: { endpoint, bucket: 'b', prefix: '', region: 'us-east-1', isPathStyle: true },
    credentials: () => Promise.resolve({ accessKeyId: 'a', secretAccessKey: 's' }),
    now,
  });
  objects = new S3BundleObjects(client);
}

afterEach(async () => {
  objects.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('an object store', () => {
  it('that has no such object says so once, in more bytes than were asked for', async () => {
    let asked = 0;
    await serve((_request, response) => {
      asked += 1;
      response.writeHead(404).end(`<Error><Code>NoSuchKey</Code><Key>${sha256}</Key></Error>`);
    });
    await expect(objects.read(sha256, 0, 4)).rejects.toMatchObject({ status: 404, code: 'NoSuchKey' });
    expect(asked).toBe(1);
  });

  it('whose list leads nowhere is none', async () => {
    await serve((_request, response) => {
      response.end(
        '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>',
      );
    });
    await expect(objects.list()).rejects.toMatchObject({ code: 'not S3' });
  });

  it.each(['its answer', 'what it answers before a body'])('that sends %s too slowly hangs', async (what) => {
    await serve(({ socket }, response) => {
      if (what === 'its answer') response.writeHead(200);
      else socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
      const trickle = setInterval(() => (what === 'its answer' ? response : socket).write('.'), 5);
      socket.once('close', () => clearInterval(trickle));
    });
    const slow = client.send({ method: 'GET', key: 'a', silenceMs: 100, maxBytes: 6_400, patienceMs: 0 });
    await expect(slow).rejects.toMatchObject({ status: 0, code: 'ETIMEDOUT' });
  });

  it.each([
    ['the beginning of an object', 200, 'aaaa'],
    ['too few bytes', 206, 'aa'],
  ])('that sends %s for a range has none', async (_, status, body) => {
    await serve((_request, response) => response.writeHead(status).end(body));
    await expect(objects.read(sha256, 4, 4)).rejects.toMatchObject({ name: 'S3Error' });
  });
});

describe('an object in parts', () => {
  const sizeBytes = 17 << 20;
  const bytes = { sizeBytes, read: (_: number, length: number) => Promise.resolve(Buffer.alloc(length)) };
  const put = () => objects.put(sha256, bytes, { onlyIfMissing: true });
  const requests: string[] = [];

  /** @param join answers the requests to join the parts, counted from 1 */
  async function serveParts(join: (response: ServerResponse, count: number) => void, storedBytes = 0) {
    requests.splice(0);
    let joins = 0;
    await serve((request, response) => {
      const { method = '', url = '' } = request;
      const query = new URL(url, 'http://store').searchParams;
      requests.push(`${method} ${[...query.keys()].join()}`);
      request.resume().once('end', () => {
        if (query.has('uploads')) response.end('<UploadId>u</UploadId>');
        else if (method === 'POST') join(response, (joins += 1));
        else
          response
            .writeHead(200, method === 'HEAD' ? { 'Content-Length': storedBytes } : { ETag: 'e' })
            .end();
      });
    });
  }
  const loseFirst = (response: ServerResponse, count: number) => {
    if (count === 1) response.destroy();
    else response.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
  };

  it('is stored if only the answer was lost that said so', async () => {
    await serveParts(loseFirst, sizeBytes);
    await put();
    expect(requests).not.toContain('DELETE uploadId');
  });

  it('is not stored if there is no upload any more, nor such an object', async () => {
    await serveParts(loseFirst, 5);
    await expect(put()).rejects.toMatchObject({ code: 'NoSuchUpload' });
  });

  it('is not stored if an answer that begins well tells of an error, and its parts are removed', async () => {
    await serveParts((response) => response.end('<Error><Code>InternalError</Code></Error>'));
    await expect(put()).rejects.toMatchObject({ status: 200, code: 'InternalError' });
    expect(requests.at(-1)).toBe('DELETE uploadId');
  });
});
