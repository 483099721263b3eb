import type { DraftKind } from './draft-kind';
import { DomainError } from './errors';

/**
 * What hawkBit's scripts create before there is a bundle: a software module, which gets its file later, or a distribution set, which names
 * a module.
 */
export interface Draft {
  /** Unique among modules and sets. */
  readonly id: number;
  readonly kind: DraftKind;
  readonly name: string;
  readonly version: string;
  /** hawkBit's type, such as `os`. It means nothing here. */
  readonly type: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** The file of a module, once it is there; `null` for a set. */
  readonly file: DraftFile | null;
  /** The module of a set; `null` for a module, and for a set that has none yet. */
  readonly moduleId: number | null;
}

/** The bundle that a module points to. */
export interface DraftFile {
  /** As the script named it. */
  readonly fileName: string;
  readonly bundleName: string;
}

export type NewDraft = Omit<Draft, 'id' | 'file'>;

/** How many modules and sets may exist at a time. With texts of the longest allowed length they take less than 32 MiB. */
export const maxDrafts = 10_000;

const textMaxLength = 128;

/** Checks the name, version or type of a draft and returns it unchanged. @throws DomainError `invalid-input` */
export function parseDraftText(text: string): string {
  const isPrintable = !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text);
  if (text.length > 0 && text.length <= textMaxLength && isPrintable && text.trim() === text) return text;
  throw DomainError.of('not-a-draft-text', { text: text.slice(0, 80), maxLength: textMaxLength });
}
