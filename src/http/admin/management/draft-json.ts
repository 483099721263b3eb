import { z } from 'zod';
import type { Bundle } from '../../../core/bundle';
import type { Draft } from '../../../core/draft';
import { isOpaque } from '../../../core/opaque';

export const artifactJson = z.object({
  id: z.number(),
  providedFilename: z.string(),
  size: z.number(),
  hashes: z.object({ sha1: z.string().optional(), md5: z.string().optional(), sha256: z.string() }),
  createdAt: z.number(),
  createdBy: z.string(),
  opaque: z.boolean(),
});

const draftFields = {
  id: z.number(),
  name: z.string(),
  version: z.string(),
  type: z.string(),
  description: z.string(),
  createdAt: z.number(),
  createdBy: z.string(),
  deleted: z.boolean(),
  complete: z.boolean(),
};

export const moduleJson = z.object({ ...draftFields, vendor: z.string() });
export const setJson = z.object({
  ...draftFields,
  modules: z.array(moduleJson),
  requiredMigrationStep: z.boolean(),
  valid: z.boolean(),
});

/** The file of a module. It has the id of its module, which has only one. */
export function presentArtifact({ id, file }: Draft, bundle: Bundle): z.infer<typeof artifactJson> {
  return {
    id,
    providedFilename: file?.fileName ?? bundle.name,
    size: bundle.sizeBytes,
    hashes: { ...bundle.weakHashes, sha256: bundle.sha256 },
    createdAt: bundle.uploadedAt.getTime(),
    createdBy: bundle.uploadedBy,
    opaque: isOpaque(bundle),
  };
}

export function presentModule(module: Draft): z.infer<typeof moduleJson> {
  return { ...fieldsOf(module, module.file !== null), vendor: '' };
}

/** @param module the module of the set; `null` if it has none */
export function presentSet(set: Draft, module: Draft | null): z.infer<typeof setJson> {
  return {
    ...fieldsOf(set, module !== null && module.file !== null),
    modules: module === null ? [] : [presentModule(module)],
    requiredMigrationStep: false,
    valid: true,
  };
}

function fieldsOf({ id, name, version, type, description, createdAt, createdBy }: Draft, complete: boolean) {
  const texts = { name, version, type, description };
  return { id, ...texts, createdAt: createdAt.getTime(), createdBy, deleted: false, complete };
}
