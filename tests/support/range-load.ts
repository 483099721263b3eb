import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './cached-folder';
import type { ClientFiles } from './device-listener';
import { mustRun, run } from './programs';

export interface RangeLoad {
  readonly url: string;
  /** A local copy of what is behind the URL. */
  readonly copy: string;
  readonly files: ClientFiles;
  readonly requests: number;
  /** Requests under way at the same time. */
  readonly parallel: number;
  readonly rangeBytes: number;
  readonly isHttp1?: boolean;
}

export interface RangeLoadResult {
  readonly requests: number;
  /** Answers that failed or were not 206. */
  readonly errors: number;
  /** Answers with other bytes than the copy, or another number of them. */
  readonly wrong: number;
  readonly connections: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly firstError: string;
}

/** Runs range-load.c, compiled once for each version of it. */
export async function rangeLoad(load: RangeLoad): Promise<RangeLoadResult> {
  const source = path.join(__dirname, 'range-load.c');
  const folder = await cachedFolder('range-load', await readFile(source, 'utf8'), async (target) => {
    await mustRun('gcc', [
      '-O2',
      '-Wall',
      '-Werror',
      '-o',
      path.join(target, 'range-load'),
      source,
      '-lcurl',
    ]);
  });
  const { stdout, stderr } = await run(path.join(folder, 'range-load'), [
    ...['-u', load.url, '-f', load.copy, '-n', `${load.requests}`, '-p', `${load.parallel}`],
    ...['-c', load.files.cert, '-k', load.files.key, '-a', load.files.ca, '-s', `${load.rangeBytes}`],
    ...(load.isHttp1 === true ? ['-1'] : []),
  ]);
  if (stdout === '') throw new Error(`range-load failed: ${stderr}`);
  return JSON.parse(stdout) as RangeLoadResult;
}
