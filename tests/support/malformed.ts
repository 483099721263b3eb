/** Matches what the readers of `src/x509` throw, for the right reason. */
export function malformed(what: RegExp): Error {
  return expect.objectContaining({
    name: 'DomainError',
    code: 'invalid-input',
    what: expect.stringMatching(what) as string,
  }) as Error;
}
