import type { Why } from '../reasons/why';
import { because, type Lines } from './line-words';

interface Named {
  device: string;
}

/** Why a board starts afresh. */
const freshWords: Readonly<Record<string, string>> = {
  replaced: 'another board has taken its place',
  reflashed: 'its board was reflashed',
  provisioned: 'its board says that it was reflashed',
};

export const deviceLines = {
  'device-added': ({ device }: Named) => `${device} was added before its first contact`,
  'device-first-contact': ({ device }: Named) => `${device} made its first contact`,
  'device-awaits-admission': ({ device }: Named) =>
    `${device} made its first contact and is waiting for admission`,
  'device-admitted': ({ device }: Named) => `${device} was admitted`,
  'device-changed': ({ device, fields }: Named & { fields: readonly string[] }) =>
    `${device} was changed: ${fields.join(', ')}`,
  'device-held': ({ device, why }: Named & { why: Why }) => `${device} is held${because(why)}`,
  'device-hold-lifted': ({ device }: Named) => `the hold on ${device} was lifted`,
  'device-pinned': ({ device, bundle }: Named & { bundle: string }) => `${device} is pinned to ${bundle}`,
  'device-unpinned': ({ device }: Named) => `${device} follows its channel again`,
  'device-failures-cleared': ({ device, bundles }: Named & { bundles: readonly string[] }) =>
    `${device} may try again${because(bundles.join(', '))}`,
  'device-forgotten': ({ device }: Named) => `${device} was forgotten`,
  'device-kit-made': ({ device, hasKey }: Named & { hasKey: boolean }) =>
    `a kit was made for ${device}, ${hasKey ? 'with its key' : 'without a key'}`,
  'device-certificate-seen': ({ device }: Named) => `${device} uses another certificate`,
  'device-booted': ({ device }: Named) => `${device} has booted`,
  'device-version-changed': ({ device, from, to }: Named & { from: string | null; to: string }) =>
    from === null ? `${device} runs ${to}` : `${device} now runs ${to} (before: ${from})`,
  'device-second-board': ({ device, own, other }: Named & { own: string; other: string }) =>
    `two boards use the certificate of ${device}: ${own}; and ${other}`,
  /** `sight` is a key of {@link freshWords}; `null` for another board. */
  'device-started-afresh': ({ device, sight }: Named & { sight: string | null }) =>
    `${device} starts afresh: ${freshWords[sight ?? ''] ?? 'another board'}`,
} satisfies Lines;
