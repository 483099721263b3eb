import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './cached-folder';
import { mustRun } from './programs';

/** A call of `fsync`, `fdatasync` or `pread` on a file of the database, an upload, or the bundle folder. */
export interface DiskCall {
  /** Whether the thread with the event loop made it. */
  readonly isLoop: boolean;
  /** Its name without the folder. */
  readonly file: string;
}

/** Controls the disk calls of a server in a separate process; see held-disk.c. */
export class HeldDisk {
  private constructor(
    private readonly library: string,
    private readonly folder: string,
  ) {}

  /** @param folder for its files */
  static async make(folder: string): Promise<HeldDisk> {
    const source = path.join(__dirname, 'held-disk.c');
    const made = await cachedFolder('held-disk', await readFile(source, 'utf8'), async (target) => {
      const options = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
      await mustRun('gcc', [...options, '-o', path.join(target, 'held-disk.so'), source, '-ldl']);
    });
    const disk = new HeldDisk(path.join(made, 'held-disk.so'), folder);
    disk.go();
    return disk;
  }

  /** Environment for the server. */
  get env(): Readonly<Record<string, string>> {
    return { LD_PRELOAD: this.library, HELD_DISK: this.#orders, HELD_DISK_LOG: this.#log };
  }

  /** The same, and `folder` gets what a power cut would leave of the database at the least. */
  envWithImage(folder: string): Readonly<Record<string, string>> {
    return { ...this.env, HELD_DISK_IMAGE: folder };
  }

  go(): void {
    this.#tell('');
  }

  /** Delays syncs. */
  delay(milliseconds: number): void {
    this.#tell(`d${milliseconds}`);
  }

  /** Delays syncs of bundles. */
  delayUploads(milliseconds: number): void {
    this.#tell(`u${milliseconds}`);
  }

  /** Blocks syncs until further notice. */
  hold(): void {
    this.#tell('h');
  }

  /** Makes syncs of the -wal file fail. */
  fail(): void {
    this.#tell('f');
  }

  /** Blocks reads of bundles until further notice. */
  holdReads(): void {
    this.#tell('r');
  }

  /** All syncs that have begun so far. */
  calls(): readonly DiskCall[] {
    return this.#told().flatMap(({ call, ...told }) => (call === 'pread' ? [] : [told]));
  }

  /** All reads that were blocked so far. */
  heldReads(): readonly DiskCall[] {
    return this.#told().flatMap(({ call, ...told }) => (call === 'pread' ? [told] : []));
  }

  #told(): readonly (DiskCall & { readonly call: string })[] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, 'utf8').trimEnd().split('\n');
    return lines.map((line) => {
      const [call = '', who = '', ...name] = line.split(' ');
      return { call, isLoop: who === 'loop', file: path.basename(name.join(' ')) };
    });
  }

  get #orders(): string {
    return path.join(this.folder, 'disk-order');
  }

  get #log(): string {
    return path.join(this.folder, 'disk-log');
  }

  #tell(order: string): void {
    writeFileSync(`${this.#orders}.new`, order);
    renameSync(`${this.#orders}.new`, this.#orders);
  }
}
