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
    remedy: 'Choose another name: the history tells who did what by it.',
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
      `Check the token: the right one is taken at once, another wrong one is looked at in ${retryAfterSeconds} seconds.`,
  },
  'token-unknown-or-revoked': {
    code: 'unauthenticated',
    says: () => 'the token is unknown or revoked',
    remedy: 'Make another with `rauc-simple-server token create`.',
  },
  'token-needed': {
    code: 'unauthenticated',
    says: () => 'a token is needed',
    remedy: 'Send "Authorization: Bearer <token>"; make one with `rauc-simple-server token create`.',
  },
  'scope-needed': {
    code: 'forbidden',
    says: ({ name, scope, needed }: { name: string; scope: string | undefined; needed: string }) =>
      `the token ${name} may ${scope ?? 'nothing'}, this needs ${needed}`,
    remedy: ({ needed }: { needed: string }) => `Use a token with the scope ${needed}.`,
  },
  'page-not-named': {
    code: 'forbidden',
    says: () => 'a change under a session must say which page it comes from',
    remedy: 'Use the page of this server; programs send "Authorization: Bearer <token>" instead of a cookie.',
  },
  'access-ended-during-export': {
    code: 'unauthenticated',
    says: () => 'the token was revoked, or the session ended, during the export',
  },
} satisfies Reasons;
