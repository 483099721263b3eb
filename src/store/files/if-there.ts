import { systemErrorCode } from '../../base/files/system-error';

/** The result of work on a file; `undefined` if that is missing. A link counts as missing: none is followed. */
export async function ifThere<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
