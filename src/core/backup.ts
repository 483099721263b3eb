/** What an archive of a whole installation contains, and how archives are named. */

export interface BackedUpBundle {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** How an archive stores private keys. */
export const backedUpCertificates = ['none', 'plain', 'encrypted'] as const;
export type BackedUpCertificates = (typeof backedUpCertificates)[number];

export interface BackupContents {
  readonly madeAt: Date;
  /** Version of the program that made it. */
  readonly version: string;
  /** SHA-256 of the database, lower-case hex. */
  readonly database: string;
  /** Every file that the database names. */
  readonly bundles: readonly BackedUpBundle[];
  /** Whether their bytes are in the archive; otherwise it only lists them. */
  readonly hasBundles: boolean;
  readonly certificates: BackedUpCertificates;
}

/** `rauc-backup-20261127T121500Z.tar`: sorting archives by name sorts them by age. */
export function archiveName(at: Date): string {
  return `rauc-backup-${at.toISOString().replace(/[-:]|\.\d+/g, '')}.tar`;
}

const archivePattern = /^rauc-backup-\d{8}T\d{6}Z\.tar$/;

/** Which archives of a folder are too many. @param keep how many stay, 1 or more: the newest */
export function surplusArchives(names: readonly string[], keep: number): readonly string[] {
  const archives = names.filter((name) => archivePattern.test(name)).sort();
  return archives.slice(0, Math.max(0, archives.length - keep));
}
