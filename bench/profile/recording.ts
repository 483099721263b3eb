import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../tests/support/eventually';
import type { CpuProfile } from './cpu-profile';

const preload = path.join(__dirname, 'recorder.cjs');
/** A profile of half a minute has ten megabytes. */
const writtenWithinMs = 60_000;

/** Records profiles of servers that are started from now on. */
export class Recording {
  /** The latest profile, and how many requests it covers. */
  latest: { readonly profile: CpuProfile; readonly requests: number } | undefined;

  /** @param folder for the profiles */
  constructor(private readonly folder: string) {
    process.env['PROFILE_FOLDER'] = folder;
    process.env['NODE_OPTIONS'] = `--require ${preload}`;
  }

  /** Records a server's main thread while it is under load. */
  async record<Work extends { readonly requests: number }>(
    pid: number,
    run: () => Promise<Work>,
  ): Promise<Work> {
    const file = path.join(this.folder, `${pid}.cpuprofile`);
    process.kill(pid, 'SIGUSR2');
    const work = await run();
    process.kill(pid, 'SIGUSR2');
    await eventually(() => Promise.resolve(existsSync(file)), writtenWithinMs);
    const profile = JSON.parse(await readFile(file, 'utf8')) as CpuProfile;
    await rm(file);
    this.latest = { profile, requests: work.requests };
    return work;
  }
}
