import { readFile } from 'node:fs/promises';
import { DomainError } from '../../core/errors';
import type { FindCredentials, S3Credentials } from './location';

/** Where credentials are: given, or in a file of AWS's form, which is read again from time to time because other programs renew it. */
export interface CredentialSources {
  readonly accessKeyId: string | null;
  readonly secretAccessKey: string | null;
  readonly sessionToken: string | null;
  /** Such as `~/.aws/credentials`. */
  readonly file: string | null;
  /** The section of the file. */
  readonly profile: string;
}

/** How long credentials from a file are used before it is read again, in milliseconds. */
const holdsMs = 60_000;

/** @param monotonicMs a clock that never goes back */
export function createFindCredentials(
  { accessKeyId, secretAccessKey, sessionToken, file, profile }: CredentialSources,
  monotonicMs: () => number,
): FindCredentials {
  if (accessKeyId !== null && secretAccessKey !== null) {
    const given = { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
    return () => Promise.resolve(given);
  }
  let found: { readonly credentials: S3Credentials; readonly atMs: number } | undefined;
  return async () => {
    if (found !== undefined && monotonicMs() - found.atMs < holdsMs) return found.credentials;
    if (file === null) throw DomainError.of('bundle-store-keys', { file: null });
    const credentials = parseCredentials(await read(file), profile);
    if (credentials === undefined) throw DomainError.of('bundle-store-keys', { file });
    found = { credentials, atMs: monotonicMs() };
    return credentials;
  };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw DomainError.of('bundle-store-keys', { file }, { cause });
  }
}

/** Reads a section of AWS's credentials file. @returns `undefined` if it is missing or incomplete */
export function parseCredentials(text: string, profile: string): S3Credentials | undefined {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n').map((one) => one.trim())) {
    const header = /^\[(.*)\]$/.exec(line);
    if (header !== null) section = header[1]?.trim() ?? '';
    const at = line.indexOf('=');
    if (section !== profile || at < 0 || /^[#;[]/.test(line)) continue;
    values.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  const accessKeyId = values.get('aws_access_key_id') ?? '';
  const secretAccessKey = values.get('aws_secret_access_key') ?? '';
  const sessionToken = values.get('aws_session_token');
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
