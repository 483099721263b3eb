import type { Draft, DraftFile, NewDraft } from '../core/draft';
import type { DraftKind } from '../core/draft-kind';
import type { NewEvent } from '../core/event';

/** Makes the journal's line about a draft. */
export type TellDraft = (draft: Draft) => NewEvent;

/** A page of drafts. */
export interface DraftPage {
  readonly drafts: readonly Draft[];
  /** How many match in total. */
  readonly total: number;
}

export interface DraftQuery {
  readonly kind: DraftKind;
  readonly id?: number;
  readonly name?: string;
  readonly version?: string;
  readonly type?: string;
  readonly isDescending: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** What hawkBit's scripts create before there is a bundle. */
export interface DraftRecords {
  /**
   * Adds all of them or none, with a line of the journal for each. `SELECT count(*) FROM drafts`, `INSERT INTO drafts … ON CONFLICT DO NOTHING RETURNING id`
   * @throws DomainError `conflict` for a name, version and type that exist, and beyond `maxDrafts`; `not-found` for a set whose module does not exist
   */
  add(drafts: readonly NewDraft[], tell: TellDraft): Promise<readonly Draft[]>;
  /** `SELECT … FROM drafts WHERE id = $1 AND kind = $2` */
  find(kind: DraftKind, id: number): Promise<Draft | undefined>;
  /** By id. `SELECT … FROM drafts WHERE kind = $1 AND … ORDER BY id LIMIT $2 OFFSET $3`, and `count(*)` */
  list(query: DraftQuery): Promise<DraftPage>;
  /** The sets of a module. `SELECT id FROM drafts WHERE module = $1` */
  setsOf(moduleId: number): Promise<readonly number[]>;
  /**
   * Gives a module its file. `UPDATE drafts SET file = $1, bundle = $2 WHERE id = $3 AND bundle IS NULL`
   * @returns false when it has one, or is gone
   */
  setFile(moduleId: number, file: DraftFile): Promise<boolean>;
  /** Takes the file from a module. `UPDATE drafts SET file = NULL, bundle = NULL WHERE id = $1` */
  removeFile(moduleId: number): Promise<void>;
  /**
   * Gives a set its module. `UPDATE drafts SET module = $1 WHERE id = $2 AND module IS NULL AND EXISTS …`
   * @returns false when it has one, or when the set or the module is gone
   */
  setModule(setId: number, moduleId: number): Promise<boolean>;
  /** The bundles that modules point to. `SELECT bundle FROM drafts WHERE bundle IS NOT NULL` */
  pointedTo(): Promise<ReadonlySet<string>>;
  /** `DELETE FROM drafts WHERE id = $1 AND NOT EXISTS …` @returns false when there was none, and for a module that a set uses */
  remove(kind: DraftKind, id: number, tell: TellDraft): Promise<boolean>;
}
