import type { OpenBytes } from '../../ports/bundle-storage';
import { S3Error } from './s3-error';
import type { S3Client } from './s3-client';
import { sha256Of } from './sha256';
import { escaped, textOf } from './xml';

/** Size of a part, in bytes, unless that makes too many. */
const usualPartBytes = 8 << 20;
const maxParts = 10_000;
/** How many parts are sent at once; each is held in memory. */
const atOnce = 3;
/** The store may say nothing while it joins the parts. */
const joinSilenceMs = 120_000;
/** The longest time that joining may take: the store may send spaces meanwhile, so a limit on silence is not enough. */
const joinLimitMs = 600_000;

/** Stores a large object in parts; the store checks the hash of each. Removes what a failure leaves behind. */
export async function putInParts(
  client: S3Client,
  key: string,
  bytes: Pick<OpenBytes, 'sizeBytes' | 'read'>,
): Promise<void> {
  const begun = await client.send({ method: 'POST', key, query: { uploads: '' } });
  const uploadId = textOf(begun.body.toString(), 'UploadId');
  if (uploadId === undefined) throw new S3Error(begun.status, 'an upload without an id');
  try {
    const tags = await sendParts(client, { key, uploadId, bytes });
    await join(client, { key, uploadId, tags }).catch((error: unknown) =>
      unlessJoined(client, key, bytes.sizeBytes, error),
    );
  } catch (error) {
    // What cannot be removed now is removed later by `abortUploads`.
    await client.send({ method: 'DELETE', key, query: { uploadId }, patienceMs: 0 }).catch(() => undefined);
    throw error;
  }
}

/** The answer to the first try may have been lost: then the second one finds no upload, and the object is there. */
async function unlessJoined(client: S3Client, key: string, sizeBytes: number, error: unknown): Promise<void> {
  if (!(error instanceof S3Error) || error.code !== 'NoSuchUpload') throw error;
  const { headers } = await client.send({ method: 'HEAD', key });
  if (Number(headers['content-length']) !== sizeBytes) throw error;
}

interface Parts {
  readonly key: string;
  readonly uploadId: string;
  readonly bytes: Pick<OpenBytes, 'sizeBytes' | 'read'>;
}

async function sendParts(client: S3Client, { key, uploadId, bytes }: Parts): Promise<readonly string[]> {
  const { sizeBytes } = bytes;
  const partBytes = Math.max(usualPartBytes, Math.ceil(sizeBytes / maxParts));
  const tags: string[] = [];
  let next = 0;
  let hasFailed = false;
  const sendSome = async () => {
    for (; !hasFailed && next * partBytes < sizeBytes;) {
      const index = next++;
      const at = index * partBytes;
      const body = await bytes.read(at, Math.min(partBytes, sizeBytes - at));
      const bodySha256 = (await sha256Of(body)).toString('hex');
      const query = { partNumber: String(index + 1), uploadId };
      const { headers } = await client.send({ method: 'PUT', key, query, body, bodySha256 });
      tags[index] = headers.etag ?? '';
    }
  };
  const fail = (error: unknown) => {
    hasFailed = true;
    throw error;
  };
  const results = await Promise.allSettled(Array.from({ length: atOnce }, () => sendSome().catch(fail)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return tags;
}

async function join(
  client: S3Client,
  {
    key,
    uploadId,
    tags,
  }: { readonly key: string; readonly uploadId: string; readonly tags: readonly string[] },
): Promise<void> {
  const parts = tags.map(
    (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`,
  );
  const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  const answer = await client.send({
    method: 'POST',
    key,
    query: { uploadId },
    headers: { 'Content-Type': 'application/xml' },
    body,
    bodySha256: (await sha256Of(body)).toString('hex'),
    silenceMs: joinSilenceMs,
    limitMs: joinLimitMs,
  });
  // S3 may begin to answer 200 and then fail.
  const code = textOf(answer.body.toString(), 'Code');
  if (code !== undefined) throw new S3Error(answer.status, code);
}
