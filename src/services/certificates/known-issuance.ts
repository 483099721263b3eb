import { isUnanswered } from '../../core/database-away';
import type { IssuedCertificate } from '../../core/certificate';
import type { IssuanceRecords, IssuedRecord, NumberedIssue, SharedIssuance } from '../../ports/issuance';
import { GrowingList } from './growing-list';

/** The certificates that several servers have issued, as known to this one. Each look reads only those that were added. */
export class KnownIssuance implements SharedIssuance {
  readonly #list: GrowingList<NumberedIssue>;
  #authorities: ReadonlySet<string> | undefined;

  constructor(private readonly records: IssuanceRecords) {
    this.#list = new GrowingList((id) => records.after(id));
  }

  async all(): Promise<readonly NumberedIssue[]> {
    await this.#list.look();
    return this.#list.known;
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
      if (this.#authorities === undefined || !isUnanswered(error)) throw error;
    }
    return this.#authorities;
  }

  lastIssuedAt(): Promise<Date | undefined> {
    return this.records.lastIssuedAt();
  }
}
