import { isDatabaseAway } from '../../core/database-away';
import type { IssuedCertificate } from '../../core/certificate';
import type { IssuanceRecords, IssuedRecord, NumberedIssue, SharedIssuance } from '../../ports/issuance';

/** The certificates that several servers have issued, as known to this one. Each look reads only those that were added. */
export class KnownIssuance implements SharedIssuance {
  #all: readonly NumberedIssue[] = [];
  #lastId = 0;
  #authorities: ReadonlySet<string> | undefined;

  constructor(private readonly records: IssuanceRecords) {}

  /** Several may read at once: numbers follow the order of commits, so each finds the next ones. */
  async all(): Promise<readonly NumberedIssue[]> {
    const found = await this.records.after(this.#lastId);
    const added = found.filter(({ id }) => id > this.#lastId);
    if (added.length > 0) {
      this.#lastId = added.at(-1)?.id ?? this.#lastId;
      this.#all = [...this.#all, ...added];
    }
    return this.#all;
  }

  record(issued: IssuedRecord, onlyIfFirst: boolean): Promise<boolean> {
    return this.records.record(issued, onlyIfFirst);
  }

  takeOver(issued: readonly IssuedCertificate[]): Promise<void> {
    return this.records.takeOver(issued);
  }

  latestOf(deviceId: string): Promise<IssuedRecord | undefined> {
    return this.records.latestOf(deviceId);
  }

  /** As they were last known while the database is away: replaced files of the folder are used even then. */
  async authorities(): Promise<ReadonlySet<string>> {
    try {
      this.#authorities = await this.records.authorities();
    } catch (error) {
      if (this.#authorities === undefined || !isDatabaseAway(error)) throw error;
    }
    return this.#authorities;
  }

  lastIssuedAt(): Promise<Date | undefined> {
    return this.records.lastIssuedAt();
  }
}
