import { hashPieces } from '../../../base/files/hash-pieces';
import path from 'node:path';
import { finding, type FindingReason } from '../../../core/reasons/doctor/sentences';
import type { InstalledBundle, InstalledData } from '../../../ports/installed-data';
import type { Check, CheckReport } from '../check';
import type { Installation } from '../installation';

export interface BundlesPorts {
  readonly dataDir: string;
  readonly data: Pick<InstalledData, 'listBundles' | 'listFiles' | 'openBundle' | 'bundlePlace'>;
  readonly installation: Pick<Installation, 'database'>;
  /** Compares only sizes. */
  readonly isQuick: boolean;
}

/** Whether each bundle has its file, with the bytes that were published. */
export function bundlesCheck(ports: BundlesPorts): Check {
  const { data, isQuick } = ports;
  return {
    name: 'bundles',
    async run(report) {
      const database = await ports.installation.database();
      if (database.kind !== 'read') {
        report.skip('database-unread');
        return;
      }
      if (isQuick && database.bundles.length > 0) report.skip('bundles-not-hashed');
      const problems = new Map<InstalledBundle, FindingReason>();
      const totalBytes = database.bundles.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      let doneBytes = 0;
      for (const bundle of database.bundles) {
        const problem = await findProblem(bundle, ports, (bytes) => {
          doneBytes += bytes;
          report.progress(doneBytes, totalBytes);
        });
        if (problem !== null) problems.set(bundle, problem);
      }
      await tell(problems, report);
      await tellStrays(database.bundles, ports, report);
    },
  };

  async function tell(
    found: ReadonlyMap<InstalledBundle, FindingReason>,
    report: CheckReport,
  ): Promise<void> {
    if (found.size === 0) return;
    // A bundle deleted meanwhile correctly has no file.
    const still = new Set((await data.listBundles()).map(({ name }) => name));
    for (const [bundle, problem] of found) {
      if (still.has(bundle.name)) report.error(data.bundlePlace(bundle), problem);
    }
  }
}

async function findProblem(
  bundle: InstalledBundle,
  { data, isQuick }: BundlesPorts,
  onBytes: (bytes: number) => void,
): Promise<FindingReason | null> {
  const { sha256, sizeBytes } = bundle;
  const file = await data.openBundle(bundle);
  if (file === undefined) return finding('bundle-file-missing');
  try {
    if (file.sizeBytes !== sizeBytes)
      return finding('bundle-file-of-wrong-size', { sizeBytes: file.sizeBytes, wantedBytes: sizeBytes });
    if (isQuick) return null;
    const found = await hashPieces(file, ({ length }) => onBytes(length));
    return found === sha256 ? null : finding('bundle-file-changed');
  } finally {
    await file.close();
  }
}

/** A file that appeared during the check belongs to an upload. */
async function tellStrays(
  before: readonly InstalledBundle[],
  ports: BundlesPorts,
  report: CheckReport,
): Promise<void> {
  const files = await ports.data.listFiles();
  const known = new Set([...before, ...(await ports.data.listBundles())].map(({ name }) => name));
  for (const name of files.filter((file) => !known.has(file))) {
    report.warning(pathOf(ports, name), finding('bundle-file-unknown'));
  }
}

function pathOf({ dataDir }: BundlesPorts, name: string): string {
  return path.join(dataDir, 'bundles', name);
}
