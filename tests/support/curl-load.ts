import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './cached-folder';
import { mustRun } from './programs';

/** The output of curl-load.c. */
export interface CurlLoadResult {
  readonly requests: number;
  /** Answers that failed, or had a status other than 200 (206 for a range). */
  readonly errors: number;
  /** Answers whose bytes or length differ from the copy. */
  readonly wrong: number;
  /** Connections that were opened. */
  readonly connections: number;
  /** How many of them resumed an earlier TLS session; counted when each request has its own connection. */
  readonly resumed: number;
  /** Downloads that were held up in place of one that libcurl gave up before anything arrived. */
  readonly repeated: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly firstError: string;
}

/** @returns the path of the program, compiled once for each version of curl-load.c */
export async function curlLoadProgram(): Promise<string> {
  const source = path.join(__dirname, 'curl-load.c');
  const folder = await cachedFolder('curl-load', await readFile(source, 'utf8'), async (target) => {
    const program = path.join(target, 'curl-load');
    await mustRun('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source, '-lcurl']);
  });
  return path.join(folder, 'curl-load');
}
