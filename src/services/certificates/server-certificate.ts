import { SharedRun } from '../../base/collections/shared-run';
import { sayWhy } from '../../core/circumstances/sentences';
import type { CertificateSummary, RenewedServer } from '../../core/certificate';
import { DomainError } from '../../core/errors';
import { type NewEvent, theServer } from '../../core/event';
import { type EventReason, type LineCode, saying } from '../../core/journal/catalogue';
import { sentenceOf } from '../../core/journal/sentences';
import { type HoldReason, renewalNoticeMs, whyHeldBack } from '../../core/server-certificate';
import type { Why } from '../../core/reasons/why';
import { whatFailed } from '../../core/what-failed';
import type { JournalRecords } from '../../ports/journal';
import type { Clock } from '../../ports/clock';
import type { Log } from '../../ports/log';
import type { AskedNames } from './asked-names';

/** What the device listener presents. */
export interface ServedTls {
  /** PEM: the certificate, with the chain that is sent along. */
  readonly cert: string;
  /** PEM. Never log it. */
  readonly key: string;
  readonly names: readonly string[];
  readonly summary: CertificateSummary;
}

export interface ServerCertificateStatus {
  /** Of the certificate in use. */
  readonly notAfter: Date;
  /** Why renewal failed although it is due; `null` if it is not due or succeeded. */
  readonly renewalProblem: { readonly reason: Why; readonly remedy: Why } | null;
  /** Why the certificate in the folder is not in use; `null` when it is. */
  readonly heldBack: HoldReason | null;
  /** Names that devices asked for in recent days but the current certificate does not cover. */
  readonly missedNames: readonly string[];
  /** Counted since the start. */
  readonly renewals: { readonly renewed: number; readonly failed: number };
}

export interface ServerCertificatePorts<Tls extends ServedTls> {
  readonly inUse: () => Tls;
  /** Uses what {@link ServerCertificate.choose} held back before. */
  readonly takeOver: (found: Tls) => void;
  /** Like `CertificateFolder.renewServer`: the listener applies the result like any other new certificate. */
  readonly renew: () => Promise<RenewedServer | null>;
  readonly askedNames: Pick<AskedNames, 'note' | 'recent'>;
  readonly covers: (names: readonly string[], host: string) => boolean;
  readonly journal: Pick<JournalRecords, 'record' | 'search'>;
  readonly log: Log;
  readonly now: Clock;
}

const checkEveryMs = 3_600_000;
const dayMs = 86_400_000;

/** Keeps the server's certificate valid for its devices: renews it in time, and holds back one that would cut some off. */
export class ServerCertificate<Tls extends ServedTls> {
  readonly #runs = new SharedRun(() => this.#runOnce());
  readonly #renewals = { renewed: 0, failed: 0 };
  /** Files found in the folder and not used. */
  #offered: Tls | null = null;
  #problem: ServerCertificateStatus['renewalProblem'] = null;
  #checked = { atMs: -Infinity, serial: '' };
  #toldAtMs = -Infinity;
  /** The error of the last check. */
  #failure: { readonly error: unknown } | null = null;

  constructor(private readonly ports: ServerCertificatePorts<Tls>) {}

  /** Notes a name that a device asked for in its TLS handshake. Names that the certificate never had cannot be lost. */
  noteName(name: string): void {
    const { askedNames, covers, inUse } = this.ports;
    askedNames.note(name, (asked) => covers(inUse().names, asked));
  }

  /**
   * Chooses which of the new files to use: all of them or, if their certificate is worse for devices than the current one, only
   * the CAs. In the latter case a journal line says so.
   */
  choose(found: Tls): Tls {
    const inUse = this.ports.inUse();
    const reason = this.#whyHeldBack(found);
    if (reason === null) {
      this.#offered = null;
      return found;
    }
    if (this.#offered?.cert !== found.cert) this.#tellHeldBack(found, reason);
    this.#offered = found;
    const { cert, key, names, summary } = inUse;
    return { ...found, cert, key, names, summary };
  }

  status(): ServerCertificateStatus {
    const { inUse, askedNames, covers } = this.ports;
    const { names, summary } = inUse();
    return {
      notAfter: summary.notAfter,
      renewalProblem: this.#problem,
      heldBack: this.#offered === null ? null : this.#whyHeldBack(this.#offered),
      missedNames: askedNames.recent().filter((name) => !covers(names, name)),
      renewals: this.#renewals,
    };
  }

  /** Does what is due, each hour and after a change. Call it about once a second. @throws the error of the last check */
  run(): Promise<void> {
    return this.#runs.start();
  }

  /** Waits for the work in progress. */
  close(): Promise<void> {
    return this.#runs.ended();
  }

  async #runOnce(): Promise<void> {
    const { inUse, now } = this.ports;
    const atMs = now().getTime();
    const { serial } = inUse().summary;
    if (Math.abs(atMs - this.#checked.atMs) >= checkEveryMs || serial !== this.#checked.serial) {
      this.#checked = { atMs, serial };
      await this.#check();
    }
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #check(): Promise<void> {
    try {
      if (this.#offered !== null && this.#whyHeldBack(this.#offered) === null)
        this.ports.takeOver(this.#offered);
      await this.#renew();
      this.#failure = null;
    } catch (error) {
      this.#failure = { error };
    }
  }

  async #renew(): Promise<void> {
    const { inUse, now, renew, log } = this.ports;
    if (inUse().summary.notAfter.getTime() - now().getTime() >= renewalNoticeMs) {
      this.#problem = null;
      return;
    }
    try {
      const renewed = await renew();
      this.#problem = null;
      if (renewed === null) return;
      this.#renewals.renewed += 1;
      const { certificate, replaced, warnings } = renewed;
      const { names, serial, notAfter } = certificate;
      const told = warnings.map(({ message }) => sayWhy(message));
      log.info({ names, serial, notAfter, warnings: told }, 'the server certificate was renewed');
      await this.#record({
        kind: 'certificate.renewed',
        reason: saying('server-certificate-renewed', { until: notAfter.toISOString() }),
        before: factsOf(replaced),
        after: factsOf(certificate),
      });
    } catch (error) {
      if (!(error instanceof DomainError))
        log.error({ err: error }, 'renewing the server certificate failed');
      this.#renewals.failed += 1;
      this.#problem = problemOf(error);
      await this.#tellProblem(this.#problem);
    }
  }

  /** Once a day while it lasts. */
  async #tellProblem({ reason, remedy }: NonNullable<ServerCertificateStatus['renewalProblem']>) {
    const { inUse, now, log, journal } = this.ports;
    const at = now();
    if (Math.abs(at.getTime() - this.#toldAtMs) < dayMs) return;
    this.#toldAtMs = at.getTime();
    const { summary } = inUse();
    const { serial, notAfter } = summary;
    const told = saying('server-certificate-expiring', {
      hasExpired: notAfter <= at,
      on: notAfter.toISOString(),
      why: reason,
    });
    log.error({ serial, notAfter, reason: sayWhy(reason), remedy: sayWhy(remedy) }, sentenceOf(told));
    const filter = { kinds: ['certificate.expiring'], since: new Date(at.getTime() - dayMs + checkEveryMs) };
    const { events } = await journal.search(filter, { limit: 1 });
    if (events.length > 0) return; // already reported before a restart
    await this.#record({
      kind: 'certificate.expiring',
      reason: told,
      after: { ...factsOf(summary), reason, remedy },
    });
  }

  #whyHeldBack(found: Tls): HoldReason | null {
    const { inUse, now, askedNames, covers } = this.ports;
    const current = inUse();
    if (found.cert === current.cert && found.key === current.key) return null;
    return whyHeldBack(termsOf(current), termsOf(found), { at: now(), asked: askedNames.recent(), covers });
  }

  #tellHeldBack(found: Tls, reason: HoldReason): void {
    const { serial } = found.summary;
    const told = tellHold(reason);
    this.ports.log.error({ serial, ...reason }, sentenceOf(told));
    void this.#record({
      kind: 'certificate.held-back',
      reason: told,
      after: { ...factsOf(found.summary), ...(reason.kind === 'expired' ? {} : { missing: reason.names }) },
    });
  }

  /** The change is already made, whether or not its line can be written. */
  async #record(event: Omit<NewEvent, 'at' | 'actor'>): Promise<void> {
    try {
      await this.ports.journal.record([{ ...event, at: this.ports.now(), actor: theServer }]);
    } catch (error) {
      this.ports.log.error({ err: error }, 'the journal took no line');
    }
  }
}

/** Unexpected errors are only in the log. */
function problemOf(error: unknown): NonNullable<ServerCertificateStatus['renewalProblem']> {
  const unexpected = whatFailed(DomainError.of('renewal-failed'), '');
  if (!(error instanceof DomainError)) return { reason: unexpected.message, remedy: unexpected.remedy };
  const { message: reason, remedy } = whatFailed(error, unexpected.remedy);
  return { reason, remedy };
}

function tellHold(reason: HoldReason): EventReason<LineCode> {
  return reason.kind === 'expired'
    ? saying('server-certificate-expired-already', { on: reason.notAfter.toISOString() })
    : saying('server-certificate-misses-names', { names: reason.names });
}

function termsOf({ names, summary }: ServedTls) {
  return { names, notAfter: summary.notAfter };
}

function factsOf({ serial, notAfter, names }: CertificateSummary) {
  return { serial, not_after: notAfter.toISOString(), names: names.slice(0, 32) };
}
