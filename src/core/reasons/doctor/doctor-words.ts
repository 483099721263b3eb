/** The words of a finding: a sentence that starts in lower case and has no full stop, and the remedy, in whole sentences. */
export interface FindingWords {
  readonly says: (parameters: never) => string;
  readonly remedy: string | ((parameters: never) => string);
}

export type Findings = Readonly<Record<string, FindingWords>>;
