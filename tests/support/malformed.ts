/** Matches errors of the readers in `src/x509` by their reason. */
export function malformed(what: RegExp): Error {
  return expect.objectContaining({
    name: 'DomainError',
    code: 'invalid-input',
    message: expect.stringMatching(what) as string,
  }) as Error;
}
