import { backedUpCertificates, type BackupContents } from '../../core/backup';
import { parseSha256 } from '../../core/bundle';
import { parseStoredName } from '../../core/opaque';
import { DomainError } from '../../core/errors';

/** The last file of an archive: an archive without it was cut short. */
export const contentsName = 'backup.json';

/** The version that this program writes, and the only one it reads. */
const format = 1;

export function contentsText(contents: BackupContents): string {
  const { madeAt, version, database, bundles, hasBundles, certificates } = contents;
  const json = {
    format,
    made_at: madeAt.toISOString(),
    version,
    database_sha256: database,
    has_bundles: hasBundles,
    certificates,
    bundles: bundles.map(({ name, sha256, sizeBytes }) => ({ name, sha256, size_bytes: sizeBytes })),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** @throws DomainError `invalid-input` */
export function parseContents(text: string): BackupContents {
  const json = parseObject(text);
  if (json['format'] !== format) {
    throw DomainError.of('archive-of-newer-version');
  }
  const certificates = backedUpCertificates.find((kind) => kind === json['certificates']);
  const madeAt = new Date(textOf(json['made_at']));
  if (certificates === undefined || Number.isNaN(madeAt.getTime()) || !Array.isArray(json['bundles']))
    throw damaged();
  return {
    madeAt,
    version: textOf(json['version']),
    database: parseSha256(textOf(json['database_sha256'])),
    hasBundles: json['has_bundles'] === true,
    certificates,
    bundles: json['bundles'].map((bundle: unknown) => {
      const { name, sha256, size_bytes: sizeBytes } = objectOf(bundle);
      if (typeof sizeBytes !== 'number') throw damaged();
      return { name: parseStoredName(textOf(name)), sha256: parseSha256(textOf(sha256)), sizeBytes };
    }),
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    throw damaged();
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw damaged();
  return value as Record<string, unknown>;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw damaged();
  return value;
}

function damaged(): DomainError {
  return DomainError.of('archive-contents-damaged');
}
