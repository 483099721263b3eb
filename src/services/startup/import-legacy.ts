import { circumstance } from '../../core/circumstances/catalogue';
import { z } from 'zod';
import { DomainError } from '../../core/errors';
import { importer } from '../../core/journal/importer';
import type { Circumstance } from '../../core/reasons/why';
import { inheritedPolicy } from '../../core/rollout';
import type { Catalog } from '../catalog/catalog';
import type { LegacyFiles, LegacyJson, MarkerRecords } from '../../ports/legacy';
import { parseLegacyInstant } from './legacy-json';
import { planActivation } from '../catalog/plan-activation';
import type { StartupProblem } from './take-over-files';
import type { Clock } from '../../ports/clock';

export interface ImportPorts {
  readonly catalog: Catalog;
  readonly legacy: Pick<LegacyFiles, 'manifests' | 'keepManifest'>;
  readonly markers: MarkerRecords;
  readonly now: Clock;
}

/** What an import found and did. */
export interface Imported {
  /** Compatibles that have a release now. */
  readonly released: readonly string[];
  readonly problems: readonly StartupProblem[];
}

const marker = 'legacy-import';

interface LegacyRelease {
  readonly path: string;
  readonly compatible: string;
  readonly filename: string;
  readonly sha256: string | undefined;
  readonly releasedAt: Date;
}

/**
 * Imports the releases of the original Python server, once: `manifests/*.json` and `manifest.json`. The bundles must be known by
 * then. After a kill, it starts over at the next start and changes nothing twice.
 */
export async function importLegacyReleases(ports: ImportPorts): Promise<Imported> {
  const { catalog, legacy, markers } = ports;
  if (await markers.has(marker)) return { released: [], problems: [] };
  const problems: StartupProblem[] = [];
  const released: string[] = [];
  const report = (path: string, message: Circumstance) => problems.push({ path, message });
  const found = (await legacy.manifests()).filter((json) => 'problem' in json || !isOurs(json.content));
  if (found.length === 0) return { released, problems };
  const wanted = newestByCompatible(
    found.flatMap((json) => parse(json, report)),
    report,
  );
  for (const release of wanted) {
    if (await takeOver(catalog, release, report)) released.push(release.compatible);
  }
  await legacy.keepManifest();
  await markers.set(marker, ports.now());
  return { released, problems };
}

type Report = (path: string, message: Circumstance) => void;

const manifestSchema = z.object({
  compatible: z.string().min(1),
  filename: z.string(),
  sha256: z.string().optional().catch(undefined),
  released_at: z.unknown().optional(),
});

function parse(json: LegacyJson, report: Report): LegacyRelease[] {
  if ('problem' in json) {
    report(json.path, circumstance('manifest-ignored', { why: json.problem }));
    return [];
  }
  const parsed = manifestSchema.safeParse(json.content);
  if (!parsed.success) {
    report(json.path, circumstance('manifest-ignored', { why: null }));
    return [];
  }
  const { compatible, filename, sha256, released_at: releasedAt } = parsed.data;
  if (filename === '') return []; // nothing was released
  return [
    {
      path: json.path,
      compatible,
      filename,
      sha256: sha256?.toLowerCase(),
      releasedAt: parseLegacyInstant(releasedAt) ?? json.modifiedAt,
    },
  ];
}

/** This server writes a `manifest.json` too, and never takes it for a decision. The original had no hash of manifests. */
function isOurs(content: unknown): boolean {
  return typeof content === 'object' && content !== null && 'manifest_hash' in content;
}

function newestByCompatible(releases: readonly LegacyRelease[], report: Report): LegacyRelease[] {
  const newest = new Map<string, LegacyRelease>();
  for (const release of releases) {
    const other = newest.get(release.compatible);
    if (other === undefined || other.releasedAt <= release.releasedAt)
      newest.set(release.compatible, release);
    if (other === undefined || other.filename === release.filename) continue;
    const [older, newer] = other.releasedAt <= release.releasedAt ? [other, release] : [release, other];
    report(
      older.path,
      circumstance('newer-manifest-counts', {
        bundle: older.filename,
        compatible: older.compatible,
        newer: newer.path,
      }),
    );
  }
  return [...newest.values()];
}

/** @returns false when there is no release for a reported reason, or there already is one */
async function takeOver(catalog: Catalog, release: LegacyRelease, report: Report): Promise<boolean> {
  const { path, compatible, filename, sha256, releasedAt } = release;
  const [decided] = await catalog.history({ compatible, limit: 1 });
  if (decided !== undefined) {
    if (decided.bundleName !== filename) report(path, circumstance('release-decided-here', { compatible }));
    return false;
  }
  const bundle = catalog.find(filename);
  if (bundle === undefined) {
    report(path, circumstance('released-bundle-missing', { compatible, bundle: filename }));
    return false;
  }
  if (sha256 !== undefined && sha256 !== '' && sha256 !== bundle.sha256) {
    report(path, circumstance('released-bundle-differs', { compatible, bundle: filename }));
    return false;
  }
  try {
    return await catalog.exclusively(async () => {
      // The earlier server's choice counts, because devices refuse bundles that are not for them.
      const input = { compatible, force: true, actor: importer };
      const plan = planActivation(catalog, bundle, input, releasedAt);
      if (plan.activation === undefined) return false;
      // The earlier server had no setting for downgrades.
      const policy = inheritedPolicy;
      await catalog.commit({ bundle: plan.bundle, activation: plan.activation, policy });
      if (plan.activation.forced) {
        report(
          path,
          circumstance('released-as-before', { bundle: filename, compatible, own: bundle.compatible }),
        );
      }
      return true;
    });
  } catch (error) {
    if (!(error instanceof DomainError) || (error.code !== 'invalid-input' && error.code !== 'conflict'))
      throw error;
    report(path, circumstance('release-not-taken-over', { why: error.message }));
    return false;
  }
}
