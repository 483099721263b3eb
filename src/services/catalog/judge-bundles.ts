import { ClosableRun } from '../../base/collections/closable-run';
import type { Bundle } from '../../core/bundle';
import { type NewEvent, theServer } from '../../core/event';
import { isOpaque } from '../../core/opaque';
import type { Inspection } from '../../core/inspection';
import { saying } from '../../core/journal/catalogue';
import type { JudgeSignature, TrustTerms } from '../../ports/bundle-inspection';
import type { BundleStorage } from '../../ports/bundle-storage';
import type { BundleUses } from '../../ports/fleet-counts';
import type { BundleTrust } from './bundle-trust';
import type { Catalog } from './catalog';
import type { Log } from '../../ports/log';
import { wantedBundles } from './wanted-bundles';
import type { Clock } from '../../ports/clock';

/** Updates the verdicts of stored bundles when keyring, profile or clock change. */
export interface JudgeBundles {
  /**
   * Judges the bundles that devices may ask for first. Call it before they can. It judges at most a few hundred bundles; the rest
   * wait for `run`.
   */
  begin(): Promise<void>;
  /**
   * Judges the bundles that are due, one after the other. Only one run at a time.
   * @throws DomainError `storage-full`, `unavailable` when a verdict cannot be saved
   */
  run(): Promise<void>;
  /** Lets the current run finish after the bundle it is working on. */
  close(): Promise<void>;
}

export interface JudgePorts {
  readonly catalog: Catalog;
  readonly storage: Pick<BundleStorage, 'openFile'>;
  readonly judge: JudgeSignature;
  readonly trustTerms: () => TrustTerms;
  readonly bundleTrust: Pick<BundleTrust, 'endsAt'>;
  readonly uses: Pick<BundleUses, 'pinnedBundles'>;
  readonly log: Log;
  readonly now: Clock;
}

/** How many are judged before the server listens, which takes a second or two. */
const judgedAtBegin = 200;
/** How often time-dependent verdicts are checked, and unreadable bundles are retried. */
const lookAgainAfterMs = 3_600_000;
const tryAgainAfterMs = 60_000;
/** How many verdicts are committed together. */
const batchSize = 20;

/** Codes of the warnings about a signer, which a new judgement replaces. */
const signerWarningCodes = new Set(['signer-expired', 'signer-expires-soon', 'code-signing-only']);

/** {@link JudgeBundles} one after the other. */
export class BundleJudge implements JudgeBundles {
  /** When a bundle was last checked in this process, and whether that failed. */
  readonly #looks = new Map<string, { readonly atMs: number; readonly hasFailed: boolean }>();
  readonly #runs = new ClosableRun(() => this.#runOnce());

  constructor(private readonly ports: JudgePorts) {}

  async begin(): Promise<void> {
    const first = await wantedBundles(this.ports.catalog, this.ports.uses);
    const wanted = this.#due().filter(({ name }) => first.has(name));
    await this.#judgeAll(wanted.slice(0, judgedAtBegin)).catch((error: unknown) => {
      this.ports.log.error({ err: error }, 'the verdicts of bundles cannot be saved: they are judged again');
    });
  }

  run(): Promise<void> {
    return this.#runs.start();
  }

  close(): Promise<void> {
    return this.#runs.close();
  }

  #isDue(bundle: Bundle, at: Date): boolean {
    if (isOpaque(bundle)) return false; // there is no signature
    const terms = this.ports.trustTerms();
    const look = this.#looks.get(bundle.name);
    const agoMs = look === undefined ? Infinity : Math.abs(at.getTime() - look.atMs);
    if (look?.hasFailed === true && agoMs < tryAgainAfterMs) return false;
    if (bundle.inspection.judgedUnder !== terms.fingerprint) return true;
    // A clock that shows a time before the upload is wrong, and no reason to distrust anything.
    if (!terms.hasKeyring || !terms.dependsOnClock || at < bundle.uploadedAt) return false;
    const endsAt = this.ports.bundleTrust.endsAt(bundle);
    const hasRunOut = endsAt !== null && endsAt < at && bundle.inspection.verdict === 'trusted';
    if (hasRunOut && (look === undefined || look.atMs <= endsAt.getTime())) return true;
    if (agoMs < lookAgainAfterMs) return false;
    return hasRunOut || bundle.inspection.verdict === 'untrusted' || terms.dependsOnLists;
  }

  #due(): readonly Bundle[] {
    const at = this.ports.now();
    return this.ports.catalog.bundles().filter((bundle) => this.#isDue(bundle, at));
  }

  async #judgeAll(bundles: readonly Bundle[]): Promise<void> {
    for (let first = 0; first < bundles.length && !this.#runs.isClosed(); first += batchSize) {
      const judged: Judged[] = [];
      for (const bundle of bundles.slice(first, first + batchSize)) {
        if (this.#runs.isClosed()) break;
        const inspection = await this.#judgeOne(bundle);
        if (inspection !== undefined) judged.push({ bundle, inspection });
      }
      await this.#keep(judged);
    }
  }

  async #judgeOne(bundle: Bundle): Promise<Inspection | undefined> {
    const { name, sha256, inspection } = bundle;
    const atMs = this.ports.now().getTime();
    try {
      const file = await this.ports.storage.openFile(sha256);
      try {
        const { signerWarnings, ...judgement } = await this.ports.judge(file);
        this.#looks.set(name, { atMs, hasFailed: false });
        const others = inspection.warnings.filter(({ code }) => !signerWarningCodes.has(code));
        return { ...inspection, ...judgement, warnings: [...others, ...signerWarnings] };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (this.#looks.get(name)?.hasFailed !== true && !this.#runs.isClosed())
        this.ports.log.error(
          { err: error, bundle: name },
          'the signature of a stored bundle cannot be judged',
        );
      this.#looks.set(name, { atMs, hasFailed: true });
      return undefined;
    }
  }

  /** One commit for all of them. A bundle deleted or uploaded again meanwhile is left unchanged. */
  async #keep(judged: readonly Judged[]): Promise<void> {
    const changed = judged.filter(
      ({ bundle, inspection }) => JSON.stringify(bundle.inspection) !== JSON.stringify(inspection),
    );
    if (changed.length === 0) return;
    await this.ports.catalog.exclusively(() =>
      Promise.all(
        changed.map(async ({ bundle, inspection }) => {
          const stored = this.ports.catalog.find(bundle.name);
          if (stored?.inspection !== bundle.inspection) return;
          const events = tell(bundle, inspection, this.ports.now());
          await this.ports.catalog.commit({ bundle: { ...stored, inspection }, events: () => events });
        }),
      ),
    );
  }

  async #runOnce(): Promise<void> {
    const found = this.#due();
    if (found.length === 0) return;
    const first = await wantedBundles(this.ports.catalog, this.ports.uses);
    const isFirst = ({ name }: Bundle) => first.has(name);
    await this.#judgeAll([...found.filter(isFirst), ...found.filter((bundle) => !isFirst(bundle))]);
  }
}

interface Judged {
  readonly bundle: Bundle;
  readonly inspection: Inspection;
}

/** The journal line for a changed verdict; being checked again is no change. */
function tell({ name, compatible, inspection: before }: Bundle, after: Inspection, at: Date): NewEvent[] {
  if (before.verdict === after.verdict) return [];
  const findings = after.reasons.map(({ message }) => message);
  return [
    {
      kind: 'bundle.judged',
      at,
      actor: theServer,
      reason: saying('bundle-judged', {
        bundle: name,
        verdict: after.verdict,
        before: before.verdict,
        findings,
      }),
      subject: { bundleName: name, compatible },
      before: { verdict: before.verdict },
      after: { verdict: after.verdict },
    },
  ];
}
