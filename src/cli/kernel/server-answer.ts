import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { problemJson } from '../../contract/problem';
import { type Read, readerOf } from '../../contract/reader';
import { DomainError } from '../../core/errors';
import { proxyFailure } from './proxy-answer';
import { ServerRefusal } from './server-refusal';

/** A list of ten thousand bundles is a tenth of this. */
const answerLimitBytes = 256 * 1024 * 1024;

/** The fields used from a problem document; all others are facts. */
const refusal = readerOf(problemJson.partial({ type: true, title: true, status: true }));

/**
 * Reads an answer of the REST API.
 * @throws ServerRefusal for a problem document; DomainError `unavailable` for an answer that is not our server's
 */
export async function readAnswer(response: IncomingMessage, address: string): Promise<unknown> {
  const content = parseJson(await readText(response, address));
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300 && content !== undefined) return content;
  const refused = refusal.safeParse(content);
  if (refused.success) throw refusalOf(refused.data);
  const proxied = proxyFailure(response, address);
  if (proxied !== undefined) throw proxied;
  const { location } = response.headers;
  const place = location === undefined ? '' : `, to ${location}`;
  throw new DomainError(
    'unavailable',
    `${address} answered with HTTP ${status}${place}, so it is not the admin listener`,
    {
      remedy: 'Set --server or RAUC_SERVER to the address of the admin listener.',
      details: { status },
    },
  );
}

/** Invalid fields are named as on the command line, `query.max_tries` as `--max-tries`. */
function refusalOf(problem: z.infer<typeof refusal>): ServerRefusal {
  const { code, title, detail, remedy, ...facts } = problem;
  const details = Object.fromEntries(Object.entries(facts).filter(([name]) => name !== 'type'));
  const { data: fields } = invalidFields.safeParse(facts['errors']);
  if (fields !== undefined) {
    const message = fields.map(({ field, message }) => `${optionOf(field)}: ${message}`).join('; ');
    return new ServerRefusal(code, message, 'Run the command with --help to see what it accepts.', details);
  }
  const message = detail ?? title ?? 'the server refused the request';
  // A bug of the server has no details here: its log has them, under this id.
  const requestId = typeof facts['request_id'] === 'string' ? ` (request ${facts['request_id']})` : '';
  return new ServerRefusal(code, code === 'internal' ? `${message}${requestId}` : message, remedy, details);
}

const invalidFields = z
  .array(z.object({ field: z.string().regex(/^(query|body)\./), message: z.string() }))
  .min(1);

function optionOf(field: string): string {
  return `--${field.replace(/^(query|body)\./, '').replaceAll('_', '-')}`;
}

async function readText(response: IncomingMessage, address: string): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > answerLimitBytes)
      throw new DomainError('unavailable', `the answer from ${address} is too large`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Reads what a command needs from an answer.
 * @param schema the contract's schema, reduced to what is needed: an older server may lack the rest
 * @throws DomainError `unavailable` when the server speaks another version of the API
 */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
): Read<z.infer<Schema>> {
  const parsed = readerOf(schema).safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new DomainError('unavailable', 'cannot understand the answer from the server', {
    cause: parsed.error,
    remedy: 'Use the same version of rauc-simple-server as the server. --json prints the raw answer.',
  });
}
