import type { Lines } from './line-words';

interface Named {
  token: string;
}

export const accessLines = {
  'token-created': ({ token, scope }: Named & { scope: string }) =>
    `the token ${token} was created with the scope ${scope}`,
  'token-revoked': ({ token }: Named) => `the token ${token} was revoked`,
  'session-begun': ({ token }: Named) => `a browser signed in with the token ${token}`,
  'session-ended': ({ token }: Named) => `a browser with the token ${token} signed out`,
} satisfies Lines;
