import { sayWhy } from '../circumstances/sentences';
import { verdictWords } from '../circumstances/verdict-words';
import { mismatchingImages } from '../image-check';
import type { Why } from '../reasons/why';
import { because, type Lines } from './line-words';

interface Named {
  bundle: string;
}

/** @param verdict one of a later version is returned unchanged */
function wordOf(verdict: string): string {
  return (verdictWords as Readonly<Record<string, string>>)[verdict] ?? verdict;
}

export const bundleLines = {
  'bundle-published': ({ bundle, verdict }: Named & { verdict: string }) =>
    `${bundle} was published (${wordOf(verdict)})`,
  'bundle-deleted': ({ bundle }: Named) => `${bundle} was deleted`,
  'bundle-judged': ({
    bundle,
    verdict,
    before,
    findings,
  }: Named & { verdict: string; before: string; findings: readonly Why[] }) =>
    `${bundle} is now ${wordOf(verdict)} (before: ${wordOf(before)})${because(findings.map(sayWhy).join('; '))}`,
  'bundle-images-mismatch': ({
    bundle,
    images,
    count,
  }: Named & { images: readonly string[]; count: number }) =>
    `${bundle} has ${mismatchingImages(images, count)}`,
} satisfies Lines;
