import type { Bundle } from '../../core/bundle';
import type { DraftFile } from '../../core/draft';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import type { InspectBundle } from '../../ports/bundle-inspection';
import type { StagedBundle } from '../../ports/bundle-storage';
import type { DraftRecords } from '../../ports/drafts';
import { inspectStaged, type PublishBundle } from '../catalog/publish-bundle';
import type { ManageDrafts } from './manage-drafts';
import type { OpaqueFiles } from './opaque-files';

export interface UploadFile {
  /** Whether files that are not RAUC bundles are accepted. */
  readonly allowsOpaque: boolean;
  /**
   * Publishes a staged file and makes it the file of a module: a RAUC bundle under its name or, if allowed, an opaque file.
   * Consumes the staged file even if it refuses the upload.
   * @throws DomainError `not-found`; `conflict` if the module has a file, or the name belongs to another bundle; `bundle-broken`,
   * `bundle-untrusted`, `storage-full`, `unavailable`
   */
  upload(
    staged: StagedBundle,
    target: { readonly moduleId: number; readonly fileName: string; readonly actor: Actor },
  ): Promise<Bundle>;
}

export interface UploadFilePorts {
  readonly manageDrafts: Pick<ManageDrafts, 'get'>;
  readonly drafts: Pick<DraftRecords, 'setFile'>;
  readonly publishBundle: PublishBundle;
  readonly opaqueFiles: OpaqueFiles;
  readonly inspect: InspectBundle;
  readonly allowOpaque: boolean;
}

export function createUploadFile(ports: UploadFilePorts): UploadFile {
  const { manageDrafts, drafts, publishBundle, opaqueFiles, inspect, allowOpaque } = ports;

  async function refuseSecond(moduleId: number): Promise<void> {
    const { file } = await manageDrafts.get('module', moduleId);
    if (file !== null) throw DomainError.of('module-has-file', { id: moduleId, file: file.fileName });
  }

  async function point(moduleId: number, file: DraftFile): Promise<void> {
    if (await drafts.setFile(moduleId, file)) return;
    await refuseSecond(moduleId);
    throw DomainError.of('no-such-draft', { kind: 'module', id: moduleId });
  }

  const isBundle = async (staged: StagedBundle) =>
    (await inspectStaged(inspect, staged)).verdict !== 'broken';

  return {
    allowsOpaque: allowOpaque,
    async upload(staged, { moduleId, fileName, actor }) {
      try {
        await refuseSecond(moduleId);
        const pointTo = ({ bundle }: { readonly bundle: Bundle }) =>
          point(moduleId, { fileName, bundleName: bundle.name });
        if (allowOpaque && !(await isBundle(staged)))
          return (await opaqueFiles.store(staged, { moduleId, fileName, actor }, pointTo)).bundle;
        const request = { name: fileName, actor: actor.name, address: actor.address };
        const publication = await publishBundle.publish(staged, request);
        await pointTo(publication);
        return publication.bundle;
      } finally {
        await staged.discard();
      }
    },
  };
}
