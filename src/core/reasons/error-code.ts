/**
 * The closed set of kinds of what can be expected to go wrong. Each listener translates a code into its own language: HTTP
 * statuses and RFC 9457 problems, CLI exit codes.
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
