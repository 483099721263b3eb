import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/files/system-error';
import { writeNewFile } from '../../base/files/replace-file';
import type { Config } from '../../config/config';
import { type issueBody, issuedCertificateJson } from '../../contract/certificate';
import type { RequestOf } from '../../contract/request';
import type { IssueOptions } from '../../core/certificate';
import { DomainError } from '../../core/errors';
import { AdminClient } from '../kernel/admin-client';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { judgingFile } from '../kernel/input-file';
import { parseAnswer } from '../kernel/server-answer';
import { remoteIssueRequest } from './remote-issue-request';

export interface RemoteRequest extends IssueOptions {
  readonly id: string;
  /** As it was named. The server accepts nothing but a request, so no private key is ever sent. */
  readonly csrFile: string;
  readonly csr: Buffer;
  readonly compatibles?: readonly string[];
  /** Absolute. */
  readonly outDir: string;
  readonly isJson: boolean;
}

/**
 * Asks a running server to sign a device's request, and writes the certificate here.
 * @throws ServerRefusal; DomainError `conflict` when its file exists, before anything is issued
 */
export async function issueRemotely(
  context: CliContext,
  config: Config,
  { id, csr, csrFile, compatibles, outDir, isJson, ...options }: RemoteRequest,
): Promise<void> {
  const file = path.join(outDir, `${id}.crt`);
  await refuseExisting(file);
  await mkdir(outDir, { recursive: true });
  const client = await AdminClient.open(context, config);
  const request: RequestOf<typeof issueBody> = {
    id,
    ...(compatibles === undefined ? {} : { compatibles }),
    ...remoteIssueRequest(options, csr),
  };
  const answer = await judgingFile(csrFile, () =>
    client.post<RequestOf<typeof issueBody>>('/api/certificates', request),
  );
  const issued = parseAnswer(issuedCertificateJson, answer);
  await writeNewFile(file, issued.certificate, 0o644);
  if (isJson) {
    printJson(context, { ...(answer as object), file });
    return;
  }
  print(context, shownPath(context, file));
  talk(context, `${issued.device}: valid until ${issued.not_after.slice(0, 10)}, serial ${issued.serial}`);
}

/** @throws DomainError `conflict` */
async function refuseExisting(file: string): Promise<void> {
  try {
    await lstat(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  throw new DomainError('conflict', `${file} already exists`, {
    remedy: 'Move it away, or choose another folder with --out.',
  });
}
