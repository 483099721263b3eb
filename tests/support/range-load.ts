import { curlLoadProgram, type CurlLoadResult } from './curl-load';
import type { ClientFiles } from './device-listener';
import { run } from './programs';

export interface RangeLoad {
  readonly url: string;
  /** A local copy of the file at the URL. */
  readonly copy: string;
  readonly files: ClientFiles;
  readonly requests: number;
  /** Number of concurrent requests. */
  readonly parallel: number;
  readonly rangeBytes: number;
  readonly isHttp1?: boolean;
}

/** Reads ranges as one device, and compares all bytes. */
export async function rangeLoad(load: RangeLoad): Promise<CurlLoadResult> {
  const { stdout, stderr } = await run(await curlLoadProgram(), [
    ...['--url', load.url, '--copy', load.copy],
    ...['--requests', `${load.requests}`, '--parallel', `${load.parallel}`, '--range', `${load.rangeBytes}`],
    ...['--cert', load.files.cert, '--key', load.files.key, '--ca', load.files.ca],
    ...(load.isHttp1 === true ? ['--http1'] : []),
  ]);
  if (stdout === '') throw new Error(`curl-load failed: ${stderr}`);
  return JSON.parse(stdout) as CurlLoadResult;
}
