import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3BundleObjects } from '../../../../src/store/s3/objects';
import { S3Client } from '../../../../src/store/s3/s3-client';

const sha256 = 'a'.repeat(64);
const now = () => new Date('2026-11-02T12:00:00Z');
let server: Server;
let objects: S3BundleObjects;

async function serve(answer: RequestListener): Promise<void> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({
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
});
