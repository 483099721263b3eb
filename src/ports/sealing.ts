/** Encrypts small secrets for the database, with a key that is stored elsewhere. */
export interface Sealing {
  /**
   * @param context what the secret is for; it opens only in the same context
   * @param mayMakeKey makes the key if there is none
   * @throws DomainError `configuration` when there is no usable key
   */
  seal(text: string, context: string, mayMakeKey: boolean): Promise<string>;
  /**
   * @throws DomainError `configuration` when there is no usable key, or when the text was sealed with another key or for another
   * context, or was changed
   */
  open(sealed: string, context: string): Promise<string>;
}
