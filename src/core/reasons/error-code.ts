/**
 * All kinds of expected failures. Each listener translates a code into its own terms: HTTP statuses with RFC 9457 problems, or
 * CLI exit codes.
 */
export const errorCodes = [
  'invalid-input',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'too-large',
  'unsupported-media-type',
  'bundle-broken',
  'bundle-untrusted',
  'certificate-refused',
  'too-many-requests',
  'storage-full',
  'unavailable',
  'configuration',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
