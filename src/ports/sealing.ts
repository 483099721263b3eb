/** Encrypts small secrets for the database, with a key that is not in it. */
export interface Sealing {
  /**
   * @param context what it is for: it opens under the same context alone
   * @param mayMakeKey makes the key if there is none
   * @throws DomainError `configuration` when there is no usable key
   */
  seal(text: string, context: string, mayMakeKey: boolean): Promise<string>;
  /** @throws DomainError `configuration` when there is no usable key, or the text was sealed with another, for another context, or was changed */
  open(sealed: string, context: string): Promise<string>;
}
