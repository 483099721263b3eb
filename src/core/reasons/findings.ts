import { namedImages } from '../image-check';
import type { Finding } from '../inspection';

/** Warnings for people, in English, by the code of the finding. */
const sentences = {
  'images-mismatch': ({ name, files }: { name: string; files: readonly string[] }) =>
    `${name} has images that do not match its manifest: ${namedImages(files)}. Devices that need them download it and refuse to install it. Build it again.`,
  'label-without-devices': ({
    compatible,
    channel,
    label,
  }: {
    compatible: string;
    channel: string;
    label: string;
  }) => `no device of ${compatible} (${channel}) has the label ${label}: its step reaches no device`,
};

type Sentences = typeof sentences;

/** @param needs what the sentence needs; its type follows from the code */
export function findingOf<Code extends keyof Sentences>(
  code: Code,
  needs: Parameters<Sentences[Code]>[0],
): Finding {
  return { code, message: (sentences[code] as (given: typeof needs) => string)(needs) };
}
