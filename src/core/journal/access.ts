import type { Lines } from './line-words';

interface Named {
  token: string;
}

interface OfHolder {
  /** A device, or `the gateway`. */
  holder: string;
}

export const accessLines = {
  'token-created': ({ token, scope }: Named & { scope: string }) =>
    `the token ${token} was created with the scope ${scope}`,
  'token-revoked': ({ token }: Named) => `the token ${token} was revoked`,
  'device-token-created': ({ holder }: OfHolder) => `the token of ${holder} was created`,
  'device-token-rotated': ({ holder, until }: OfHolder & { until: string | null }) =>
    until === null
      ? `the token of ${holder} was replaced`
      : `the token of ${holder} was replaced; the old one is valid until ${until}`,
  'device-token-removed': ({ holder }: OfHolder) => `the token of ${holder} was removed`,
  'device-tokens-removed': ({ count }: { count: number }) =>
    count === 1 ? 'the only device token was removed' : `all ${count} device tokens were removed`,
  'setting-changed': ({ setting, value }: { setting: string; value: string }) =>
    `hawkBit's setting ${setting} is ${value} now`,
  'session-begun': ({ token }: Named) => `a browser signed in with the token ${token}`,
  'session-ended': ({ token }: Named) => `a browser with the token ${token} signed out`,
} satisfies Lines;
