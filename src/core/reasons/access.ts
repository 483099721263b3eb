import type { Reasons } from './reason-words';

export const accessReasons = {
  'not-a-token-name': {
    code: 'invalid-input',
    says: ({ name }: { name: string }) => `${JSON.stringify(name)} is not a token name`,
    remedy: 'Use 1 to 64 letters, digits and ". _ -".',
  },
  'token-name-taken': {
    code: 'conflict',
    says: ({ name }: { name: string }) => `there is, or was, a token named ${name}`,
    remedy: 'Choose another name: the history identifies tokens by name.',
  },
  'no-such-token': {
    code: 'not-found',
    says: ({ name }: { name: string }) => `there is no token ${JSON.stringify(name)}`,
    remedy: 'List the tokens to see their names.',
  },
  'too-many-wrong-tokens': {
    code: 'too-many-requests',
    says: () => 'too many wrong tokens from this address',
    remedy: ({ retryAfterSeconds }: { retryAfterSeconds: number }) =>
      `Check the token. The right one is accepted at once; retry another in ${retryAfterSeconds} seconds.`,
  },
  'token-unknown-or-revoked': {
    code: 'unauthenticated',
    says: () => 'the token is unknown or revoked',
    remedy: 'Create a new one with `rauc-simple-server token create`.',
  },
  'token-needed': {
    code: 'unauthenticated',
    says: () => 'a token is required',
    remedy: 'Send "Authorization: Bearer <token>". Create a token with `rauc-simple-server token create`.',
  },
  'scope-needed': {
    code: 'forbidden',
    says: ({ name, scope, needed }: { name: string; scope: string | undefined; needed: string }) =>
      `the token ${name} has the scope ${scope ?? 'none'}; this requires ${needed}`,
    remedy: ({ needed }: { needed: string }) => `Use a token with the scope ${needed}.`,
  },
  'page-not-named': {
    code: 'forbidden',
    says: () => 'a change in a session must name the page it comes from',
    remedy: 'Use this server\'s page. Programs send "Authorization: Bearer <token>" instead of a cookie.',
  },
  'access-ended-during-export': {
    code: 'unauthenticated',
    says: () => 'the token was revoked, or the session ended, during the export',
  },
} satisfies Reasons;
