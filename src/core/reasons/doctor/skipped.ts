/** Why something was not checked. */
export const skippedWords = {
  'database-unread': 'the database cannot be read',
  'bundles-not-hashed': 'bundles were not hashed (--quick)',
  'no-ca-key': 'the CA key is not here, so no device certificate was tested',
  'no-server-certificate': 'there is no server certificate',
  'no-server': 'no server is running here, so its listeners were not checked',
  'no-proxy-address': 'to check the proxy, pass the address that people use with --server',
} as const;

export type SkipCode = keyof typeof skippedWords;
