import type { Bundle } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import { type Actor, theServer } from '../../core/event';
import { isOpaque, opaqueName } from '../../core/opaque';
import type { StagedBundle } from '../../ports/bundle-storage';
import type { DraftRecords } from '../../ports/drafts';
import type { RandomBytes } from '../../ports/randomness';
import type { Catalog } from '../catalog/catalog';
import type { DeleteBundle } from '../catalog/delete-bundle';
import type { Publication, PublishBundle } from '../catalog/publish-bundle';

export interface OpaqueFilesPorts {
  readonly catalog: Pick<Catalog, 'bundles'>;
  readonly drafts: Pick<DraftRecords, 'pointedTo'>;
  readonly publishBundle: Pick<PublishBundle, 'publish'>;
  readonly deleteBundle: DeleteBundle;
  readonly randomBytes: RandomBytes;
}

const nonceSizeBytes = 8;

/** Files that are not RAUC bundles. Each belongs to one module, and is removed with it once no device needs it. */
export class OpaqueFiles {
  /** Names of files that are stored but not yet the file of a module. */
  readonly #arriving = new Set<string>();

  constructor(private readonly ports: OpaqueFilesPorts) {}

  /**
   * Stores a file as it is.
   * @param point makes it the file of its module; if that fails, the file is removed again
   */
  async store(
    staged: StagedBundle,
    {
      moduleId,
      fileName,
      actor,
    }: { readonly moduleId: number; readonly fileName: string; readonly actor: Actor },
    point: (publication: Publication) => Promise<void>,
  ): Promise<Publication> {
    const nonce = this.ports.randomBytes(nonceSizeBytes).toString('hex');
    const name = opaqueName(moduleId, nonce, fileName);
    this.#arriving.add(name);
    try {
      const request = { name, isOpaque: true, actor: actor.name, address: actor.address };
      const publication = await this.ports.publishBundle.publish(staged, request);
      await point(publication);
      return publication;
    } finally {
      this.#arriving.delete(name);
      await this.sweep().catch(() => undefined); // the next sweep does it
    }
  }

  /** Deletes files that no module points to and no device needs. Files that cannot be deleted yet wait for the next sweep. */
  async sweep(): Promise<void> {
    // An arriving file gets its module before it leaves this list. So if a file is not on the list now, the check below sees what
    // points to it.
    const isHere = (bundle: Bundle) => isOpaque(bundle) && !this.#arriving.has(bundle.name);
    const found = this.ports.catalog.bundles().filter(isHere);
    if (found.length === 0) return;
    const used = await this.ports.drafts.pointedTo();
    for (const { name } of found) {
      if (used.has(name)) continue;
      try {
        await this.ports.deleteBundle.delete({ name, actor: theServer.name });
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
    }
  }
}
