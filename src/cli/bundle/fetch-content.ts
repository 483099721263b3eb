import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../core/errors';
import type { AdminClient } from '../kernel/admin-client';
import { connectionFailure } from '../kernel/connection-failure';
import { readAnswer } from '../kernel/server-answer';
import { leavesOpen } from './lost-answer';

/** A bundle of the server, as the server describes it. */
export interface WantedContent {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface FetchSteps {
  /** How many bytes are already here. */
  readonly startAt: number;
  /** Takes the next bytes; more are read once it is done. */
  readonly take: (piece: Buffer) => Promise<void>;
  /** Called with the reason when the download was cut, before it resumes. */
  readonly onCut: (failure: DomainError) => void;
  readonly wait: (ms: number) => Promise<void>;
}

/** A restarting server is back after one of these pauses. They start over once bytes have arrived. */
const pausesMs = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000];
/** A connection that is silent for this long is dead. */
const silenceLimitMs = 60_000;

/**
 * Reads the bytes of a bundle in order, and resumes where it was cut.
 * @throws ServerRefusal; DomainError `unavailable` when it is cut repeatedly; what `take` throws
 */
export async function fetchContent(
  client: AdminClient,
  content: WantedContent,
  { startAt, take, onCut, wait }: FetchSteps,
): Promise<void> {
  let at = startAt;
  let cuts = 0;
  while (at < content.sizeBytes) {
    const before = at;
    try {
      for await (const piece of readFrom(client, content, at)) {
        await take(piece);
        at += piece.length;
      }
      if (at < content.sizeBytes) throw endedEarly(client);
    } catch (error) {
      cuts = at > before ? 1 : cuts + 1;
      const pauseMs = pausesMs[cuts - 1];
      if (!leavesOpen(error) || pauseMs === undefined) throw error;
      onCut(error);
      await wait(pauseMs);
    }
  }
}

/** One request, from a position to the end. Errors of the consumer do not surface here. */
async function* readFrom(client: AdminClient, content: WantedContent, at: number): AsyncGenerator<Buffer> {
  const request = client.request('GET', `/api/bundles/${encodeURIComponent(content.name)}/content`, {
    'If-Match': `"${content.sha256}"`,
    ...(at === 0 ? {} : { Range: `bytes=${at}-` }),
  });
  request.setTimeout(silenceLimitMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject).end();
    });
    let position = await startOf(response, client, content, at);
    for await (const piece of response as AsyncIterable<Buffer>) {
      const wanted = piece.subarray(Math.max(0, at - position), content.sizeBytes - position);
      position += piece.length;
      if (wanted.length > 0) yield wanted;
      if (position >= content.sizeBytes) return; // an endless answer must not fill the disk
    }
  } catch (error) {
    throw await connectionFailure(error, client.address);
  } finally {
    request.destroy();
  }
}

/** Where the bytes of an answer begin: at the start if a proxy has removed the range. */
async function startOf(
  response: IncomingMessage,
  client: AdminClient,
  { name, sizeBytes }: WantedContent,
  at: number,
): Promise<number> {
  if (response.statusCode === 200) return 0;
  const range = `bytes ${at}-${sizeBytes - 1}/${sizeBytes}`;
  if (response.statusCode === 206 && response.headers['content-range'] === range) return at;
  if (response.statusCode === 412) throw replaced(name);
  await readAnswer(response, client.address);
  throw new DomainError('unavailable', `${client.address} sent a different range than requested`, {
    remedy: 'Check the proxies between here and the server: they must pass the Range header unchanged.',
    details: { status: response.statusCode },
  });
}

/** `If-Match` failed. */
function replaced(name: string): DomainError {
  return new DomainError('conflict', `${name} has changed on the server`, {
    remedy: 'The bundle was deleted and another one uploaded under its name. Download it again.',
  });
}

function endedEarly({ address }: AdminClient): DomainError {
  return new DomainError('unavailable', `the answer from ${address} ended early`, {
    remedy: 'Check that no proxy in between closes the connection.',
  });
}
