import type { Request, Response } from 'express';
import multer from 'multer';
import { parseBundleName } from '../../../core/bundle';
import { DomainError } from '../../../core/errors';
import type { StagedBundle } from '../../../ports/bundle-storage';
import type { PublishBundle } from '../../../services/catalog/publish-bundle';
import { MultipartSource } from './multipart-source';
import { StagingStorage } from './staging-storage';

/** Allowance for the parts and headers around the file. */
const multipartOverheadBytes = 64 * 1024;

export interface ReceivedUpload<Fields> {
  /** As the client sent it. */
  readonly name: string;
  readonly staged: StagedBundle;
  readonly fields: Fields;
}

export interface ReceiveOptions<Fields> {
  readonly publishBundle: Pick<PublishBundle, 'stage' | 'discard'>;
  readonly limitBytes: number;
  /** Checks the text fields, which may come before and after the file. @throws DomainError */
  readonly parseFields: (fields: unknown) => Fields;
  /** The field of the file; default: `bundle`. */
  readonly fileField?: string;
  /** Checks the name of the file; by default it must be that of a bundle. @throws DomainError */
  readonly checkName?: (name: string) => void;
}

/**
 * Reads a multipart body (RFC 7578) with one file. If anything is wrong with it, the staged file is discarded.
 * @throws DomainError `invalid-input`, `too-large`, `unsupported-media-type`, `storage-full`
 */
export async function receiveUpload<Fields>(
  request: Request,
  response: Response,
  options: ReceiveOptions<Fields>,
): Promise<ReceivedUpload<Fields>> {
  const {
    publishBundle,
    limitBytes,
    parseFields,
    fileField = 'bundle',
    checkName = parseBundleName,
  } = options;
  const cancel = new AbortController();
  const storage = new StagingStorage(publishBundle, {
    limitBytes,
    signal: cancel.signal,
    checkFields: parseFields,
    checkName,
  });
  try {
    const source = new MultipartSource(request);
    await parseMultipart(source, response, storage, fileField);
    const staged = await storage.settled();
    const name = source.file?.originalname;
    if (staged === undefined || name === undefined) throw missingFile();
    return { name, staged, fields: parseFields(source.body) };
  } catch (error) {
    cancel.abort();
    const staged = await storage.settled();
    if (staged !== undefined) await publishBundle.discard(staged);
    throw storage.refusal ?? error;
  }
}

/**
 * Refuses an upload by its headers, before the client sends the body.
 * @throws DomainError `invalid-input`, `too-large`, `unsupported-media-type`
 */
export function checkUploadHeaders(request: Request, limitBytes: number): void {
  const type = request.is('multipart/form-data');
  if (type === null || request.headers['content-length'] === '0') throw missingFile();
  if (type === false) {
    throw DomainError.of('upload-not-multipart');
  }
  if (Number(request.headers['content-length'] ?? 0) > limitBytes + multipartOverheadBytes) {
    throw DomainError.of('upload-too-large', { limitBytes }, { details: { limit: limitBytes } });
  }
}

function missingFile(): DomainError {
  return DomainError.of('upload-without-file');
}

async function parseMultipart(
  source: MultipartSource,
  response: Response,
  storage: StagingStorage,
  fileField: string,
): Promise<void> {
  const parse = multer({
    storage,
    // A name with a path is refused: reduced to its last part, two names would become one.
    preservePath: true,
    defParamCharset: 'utf8',
    limits: {
      files: 1,
      fields: 16,
      parts: 18,
      fieldNameSize: 64,
      fieldSize: 1024,
      headerPairs: 32,
      fieldNestingDepth: 0,
    },
  }).single(fileField);
  await new Promise<void>((resolve, reject) => {
    parse(source as unknown as Request, response, (error: unknown) => {
      if (error === undefined || error === null) resolve();
      else reject(uploadFailure(error));
    });
  });
}

/** Errors from multer and its parser mean a bad request; failures of the disk are the storage's refusal. */
function uploadFailure(error: unknown): DomainError {
  const reason = error instanceof Error ? error.message : 'not readable';
  return DomainError.of('upload-form-invalid', { reason }, { cause: error });
}
