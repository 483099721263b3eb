import type { Insertable, Selectable } from 'kysely';
import type { Bundle } from '../../core/bundle';
import type { Activation, NewActivation, Release } from '../../core/release';
import type { ReleaseEnding } from '../../core/release-end';
import type { CatalogChange } from '../../ports/catalog';
import { imageCheckFromJson, imageCheckToJson } from './image-check-json';
import { inspectionFromJson, inspectionToJson } from './inspection-json';
import { toRollout } from './rollout-rows';
import type { ActivationTable, BundleTable, ReleaseTable, RolloutTable } from './schema';

export function endingOf({ ending, activation, returning }: CatalogChange): ReleaseEnding {
  if (ending !== undefined) return ending;
  if (activation?.action === 'deactivate') return 'deactivated';
  return returning === undefined ? 'replaced' : 'rolled-back-to';
}

export function toBundle(row: Selectable<BundleTable>): Bundle {
  return {
    name: row.name,
    sha256: row.sha256,
    weakHashes: row.sha1 === null || row.md5 === null ? null : { sha1: row.sha1, md5: row.md5 },
    sizeBytes: row.size_bytes,
    compatible: row.compatible,
    uploadedAt: new Date(row.uploaded_at),
    uploadedBy: row.uploaded_by,
    inspection: inspectionFromJson(row.inspection),
    imageCheck: imageCheckFromJson(row.image_check),
  };
}

export function toActivation(row: Selectable<ActivationTable>): Activation {
  return {
    id: row.id,
    compatible: row.compatible,
    channel: row.channel,
    action: row.action,
    bundleName: row.bundle,
    previousBundleName: row.previous_bundle,
    releaseId: row.action === 'activate' ? (row.release_id ?? row.id) : null,
    at: new Date(row.at),
    by: row.by,
    forced: row.forced === 1,
  };
}

/** The row of a bundle that is not deleted. */
export function toBundleRow(bundle: Bundle): BundleTable {
  return {
    name: bundle.name,
    sha256: bundle.sha256,
    size_bytes: bundle.sizeBytes,
    compatible: bundle.compatible,
    uploaded_at: bundle.uploadedAt.toISOString(),
    uploaded_by: bundle.uploadedBy,
    inspection: inspectionToJson(bundle.inspection),
    image_check: imageCheckToJson(bundle.imageCheck),
    sha1: bundle.weakHashes?.sha1 ?? null,
    md5: bundle.weakHashes?.md5 ?? null,
    deleted_at: null,
    deleted_by: null,
  };
}

/** @param returning the id of the release that it brings back; `null` for a new one */
export function toActivationRow(
  activation: NewActivation,
  returning: number | null,
): Insertable<ActivationTable> {
  return {
    compatible: activation.compatible,
    channel: activation.channel,
    action: activation.action,
    bundle: activation.bundleName,
    previous_bundle: activation.previousBundleName,
    at: activation.at.toISOString(),
    by: activation.by,
    forced: activation.forced ? 1 : 0,
    release_id: returning,
  };
}

/** The current releases whose bundles exist. */
export function toReleases(
  rows: readonly ReleaseTable[],
  bundles: ReadonlyMap<string, Bundle>,
  rollouts: ReadonlyMap<number, Selectable<RolloutTable>>,
): readonly Release[] {
  return rows.flatMap((row): Release[] => {
    const bundle = bundles.get(row.bundle);
    if (bundle === undefined) return [];
    const { id, compatible, channel, released_by: releasedBy } = row;
    const releasedAt = new Date(row.released_at);
    const rollout = toRollout(rollouts.get(id), { by: releasedBy, at: releasedAt });
    return [{ id, compatible, channel, bundle, releasedAt, releasedBy, forced: row.forced === 1, rollout }];
  });
}
