import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../base/files/make-folder';
import { replaceFile, syncFolder } from '../../base/files/replace-file';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { refuseLinks } from '../refuse-links';
import { storing } from '../storage-error';

/** Drafts, until the move is complete. */
const scratchName = '.move';
/** A file in that folder; it says which installation is being moved here. */
const noteName = 'from';
const markerName = 'database.marker';

/** The data folder of the new installation. */
export class TargetFolder {
  readonly scratch: string;

  private constructor(private readonly dataDir: string) {
    this.scratch = path.join(dataDir, scratchName);
  }

  /** Creates the folder, or finds what an earlier move left. */
  static async open(dataDir: string): Promise<TargetFolder> {
    refuseLinks(dataDir);
    const folder = new TargetFolder(dataDir);
    await storing(async () => {
      await makeFolder(path.join(dataDir, 'bundles'), 0o700);
      await mkdir(folder.scratch, { recursive: true, mode: 0o700 });
    });
    return folder;
  }

  /**
   * Claims the folder for one move. The caller holds its lock.
   * @param source identifies the installation
   * @param isKnown whether the target database has all of that installation's rows: then the contents of the folder are
   * its own, too
   * @throws DomainError `conflict` if there is anything else
   */
  async claim(source: string, isKnown: boolean): Promise<void> {
    const note = path.join(this.scratch, noteName);
    const left = await storing(() => readIfThere(note));
    if (left === source) return;
    if (left !== undefined || !(isKnown || (await storing(() => this.#isEmpty()))))
      throw DomainError.of('move-target-not-empty', { place: this.dataDir });
    await storing(() => replaceFile(note, source, { mode: 0o600 }));
  }

  /** Removes the drafts, unless another run can continue with what is there. */
  async abandon(): Promise<void> {
    const isClaimed = (await readIfThere(path.join(this.scratch, noteName))) !== undefined;
    if (!isClaimed) await rm(this.scratch, { recursive: true, force: true });
  }

  /** Takes over the marker of the database that ran here last, and removes the drafts. */
  async finish(sourceDataDir: string): Promise<void> {
    await storing(async () => {
      const marker = await readIfThere(path.join(sourceDataDir, markerName));
      if (marker !== undefined)
        await replaceFile(path.join(this.dataDir, markerName), marker, { mode: 0o600 });
      await rm(this.scratch, { recursive: true, force: true });
      await syncFolder(this.dataDir);
    });
  }

  async #isEmpty(): Promise<boolean> {
    const own = [scratchName, 'bundles', 'server.lock'];
    const names = (await readdir(this.dataDir)).filter((name) => !own.includes(name));
    const bundles = (await readdir(path.join(this.dataDir, 'bundles'))).filter(
      (name) => name !== '.incoming',
    );
    return names.length + bundles.length === 0;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
