import { RecentMap } from '../../base/collections/recent-map';
import type { ConnectionRefusal, RefusedCertificate, RefusedSubject } from '../../core/connection-refusal';
import { type NewEvent, theServer } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import { TokenBucket } from '../../core/token-bucket';
import type { Clock } from '../../ports/clock';
import type { JournalRecords } from '../../ports/journal';
import type { Log } from '../../ports/log';
import { FairList } from './fair-list';

/** A certificate that was refused just now. */
export interface RefusedContact extends ConnectionRefusal {
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  readonly address: string | null;
  /** How limits count the address: an IPv6 network counts as one. */
  readonly addressGroup: string;
  /** Reads the certificate; called once while it is remembered. */
  readonly describe: () => RefusedSubject;
}

export interface RefusedQuery {
  /** Part of the subject, serial, issuer, fingerprint or address; not case-sensitive. */
  readonly search?: string;
  readonly limit: number;
}

export interface RefusedPage {
  /** Those of our CAs first, then the most recent first. */
  readonly certificates: readonly RefusedCertificate[];
  /** How many match in total. */
  readonly total: number;
}

/** The certificates that were refused since the start. */
export interface RefusedCertificates {
  note(contact: RefusedContact): void;
  list(query: RefusedQuery): RefusedPage;
}

export interface RefusedCertificatesPorts {
  readonly journal: Pick<JournalRecords, 'record'>;
  readonly log: Pick<Log, 'error'>;
  readonly now: Clock;
}

type Entry = { -readonly [Key in keyof RefusedCertificate]: RefusedCertificate[Key] };

const maxOurs = 2_000;
const maxStrangers = 500;
const hourMs = 3_600_000;
/**
 * Rates of journal lines: neither a fleet whose certificates all expire at once nor a client with ever new certificates may fill
 * it.
 */
const linesOfOurs = { burst: 100, perSecond: 600 / 3_600 };
const linesOfStrangers = { burst: 20, perSecond: 30 / 3_600 };
/** More than these rates allow per hour. */
const maxTold = 1_000;

/**
 * {@link RefusedCertificates} in memory. Anyone can make certificates, so those of strangers have their own list and rate: they never
 * displace one that a CA of ours signed.
 */
export class RefusedCertificateList implements RefusedCertificates {
  readonly #ours = new FairList<Entry>(maxOurs);
  readonly #strangers = new FairList<Entry>(maxStrangers);
  readonly #lines = { ours: new TokenBucket(linesOfOurs), strangers: new TokenBucket(linesOfStrangers) };
  /** When the journal last got a line, by fingerprint. */
  readonly #toldAtMs = new RecentMap<string, number>(maxTold);
  #isFailing = false;

  constructor(private readonly ports: RefusedCertificatesPorts) {}

  note({ fingerprint, cause, reason, address, addressGroup, describe }: RefusedContact): void {
    const at = this.ports.now();
    const known = this.#ours.get(fingerprint) ?? this.#strangers.get(fingerprint);
    const entry: Entry = {
      ...(known ?? { ...describe(), fingerprint, count: 0, firstAt: at }),
      ...{ cause, reason, address, lastAt: at },
      count: (known?.count ?? 0) + 1,
    };
    (entry.isOurs ? this.#ours : this.#strangers).put(fingerprint, addressGroup, entry);
    this.#tell(entry);
  }

  list({ search = '', limit }: RefusedQuery): RefusedPage {
    const wanted = search.toLowerCase();
    const serial = wanted.replaceAll(':', '');
    const found = [this.#ours, this.#strangers]
      .flatMap((list) => list.latestFirst())
      .filter(
        (one) =>
          [one.subject, one.issuer, one.address ?? ''].some((text) => text.toLowerCase().includes(wanted)) ||
          (serial !== '' && [one.serial, one.fingerprint].some((hex) => hex.includes(serial))),
      );
    return { certificates: found.slice(0, limit), total: found.length };
  }

  /** At most once an hour for each certificate. */
  #tell(entry: Entry): void {
    const { fingerprint, isOurs, lastAt } = entry;
    const atMs = lastAt.getTime();
    const toldAtMs = this.#toldAtMs.get(fingerprint);
    if (toldAtMs !== undefined && Math.abs(atMs - toldAtMs) < hourMs) return;
    if (!this.#lines[isOurs ? 'ours' : 'strangers'].take(atMs)) return;
    this.#toldAtMs.set(fingerprint, atMs);
    this.ports.journal.record([lineOf(entry)]).then(
      () => (this.#isFailing = false),
      (error: unknown) => {
        if (!this.#isFailing) this.ports.log.error({ err: error }, 'the journal took no line');
        this.#isFailing = true;
      },
    );
  }
}

function lineOf(entry: Entry): NewEvent {
  const { subject, issuer, serial, fingerprint, deviceId, address, cause, reason, count, lastAt } = entry;
  return {
    kind: 'certificate.refused',
    at: lastAt,
    actor: theServer,
    reason: saying('certificate-refused', { subject, address, why: reason }),
    ...(deviceId === null ? {} : { subject: { deviceId } }),
    after: { cause, subject, issuer, serial, fingerprint, address, count },
  };
}
