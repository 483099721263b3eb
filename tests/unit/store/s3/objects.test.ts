import { createServer, type RequestListener, type Server } from 'node:http';
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
});
