/** A finding in words: its sentence, lower case at its start and without a full stop, and what to do as whole sentences. */
export interface FindingWords {
  readonly says: (parameters: never) => string;
  readonly remedy: string | ((parameters: never) => string);
}

export type Findings = Readonly<Record<string, FindingWords>>;
