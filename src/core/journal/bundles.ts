import { sayWhy } from '../circumstances/sentences';
import { namedImages } from '../image-check';
import type { Why } from '../reasons/why';
import { because, type Lines } from './line-words';

interface Named {
  bundle: string;
}

export const bundleLines = {
  'bundle-published': ({ bundle, verdict }: Named & { verdict: string }) =>
    `${bundle} was published (${verdict})`,
  'bundle-deleted': ({ bundle }: Named) => `${bundle} was deleted`,
  'bundle-judged': ({
    bundle,
    verdict,
    before,
    findings,
  }: Named & { verdict: string; before: string; findings: readonly Why[] }) =>
    `${bundle} is now ${verdict} (before: ${before})${because(findings.map(sayWhy).join('; '))}`,
  'bundle-images-mismatch': ({
    bundle,
    images,
    count,
  }: Named & { images: readonly string[]; count: number }) =>
    `${bundle} has images that do not match its manifest: ${namedImages(images, count)}`,
} satisfies Lines;
