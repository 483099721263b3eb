/** Matches errors of the readers in `src/x509` by their reason. */
export function malformed(what: RegExp): Error {
  return expect.objectContaining({
    name: 'DomainError',
    code: 'invalid-input',
    what: expect.stringMatching(what) as string,
  }) as Error;
}
