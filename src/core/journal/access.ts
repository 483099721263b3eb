import type { DraftKind } from '../draft-kind';
import { draftNouns } from '../reasons/draft-nouns';
import type { Lines } from './line-words';

interface Named {
  token: string;
}

interface OfDraft {
  draft: DraftKind;
  name: string;
  version: string;
  id: number;
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
  'draft-created': ({ draft, name, version, id }: OfDraft) =>
    `the ${draftNouns[draft]} ${name} ${version} was created, with the id ${id}`,
  'draft-deleted': ({ draft, name, version, id }: OfDraft) =>
    `the ${draftNouns[draft]} ${name} ${version} was deleted; its id was ${id}`,
  'setting-changed': ({ setting, value }: { setting: string; value: string }) =>
    `hawkBit's setting ${setting} is now ${value}`,
  'session-begun': ({ token }: Named) => `a browser signed in with the token ${token}`,
  'session-ended': ({ token }: Named) => `a browser with the token ${token} signed out`,
} satisfies Lines;
