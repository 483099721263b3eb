import type { ImageCheckJson } from '../../../contract/bundle';
import { Hint } from '../../parts/notices';
import { text } from '../../texts';
import { whyWords } from '../../why-words';

const words = text.bundles.imageChecks;

/** The result of hashing the images, or that it is in progress. */
export function ImageCheckWords({ check }: { readonly check: ImageCheckJson }) {
  switch (check.state) {
    case 'mismatch':
      return <Hint tone="bad">{words.mismatch(check.files.length, check.files.join(', '))}</Hint>;
    case 'being-checked':
      return <Hint tone="info">{words.beingChecked}</Hint>;
    case 'not-checked':
      return <p class="muted">{words.notChecked(whyWords(check) ?? text.common.unknown)}</p>;
    case 'sound':
      return <p>{words.sound}</p>;
  }
}
