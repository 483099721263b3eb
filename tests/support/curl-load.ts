import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './cached-folder';
import { mustRun } from './programs';

/** What curl-load.c prints. */
export interface CurlLoadResult {
  readonly requests: number;
  /** Answers that failed, or had another status than 200 (206 for a range). */
  readonly errors: number;
  /** Answers with other bytes than the copy, or another number of them. */
  readonly wrong: number;
  /** Connections that were opened. */
  readonly connections: number;
  /** Those of them that went on with an earlier TLS session; counted where each request has a connection of its own. */
  readonly resumed: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly firstError: string;
}

/** @returns the path of curl-load.c's program, compiled once for each version of it */
export async function curlLoadProgram(): Promise<string> {
  const source = path.join(__dirname, 'curl-load.c');
  const folder = await cachedFolder('curl-load', await readFile(source, 'utf8'), async (target) => {
    const program = path.join(target, 'curl-load');
    await mustRun('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source, '-lcurl']);
  });
  return path.join(folder, 'curl-load');
}
