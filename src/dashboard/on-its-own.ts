import { capitalized } from '../base/text/capitalized';
import type { ReasonParameters, ReasonValue } from '../core/reasons/reason-words';

/**
 * Turns a sentence of the catalogues, which starts in lower case, into one that stands on its own. One that starts with a name stays as
 * it is, because the names of devices and bundles are case-sensitive.
 */
export function onItsOwn(sentence: string, parameters: ReasonParameters): string {
  return namesIn(Object.values(parameters)).some((name) => sentence.startsWith(name))
    ? sentence
    : capitalized(sentence);
}

function namesIn(values: readonly ReasonValue[]): readonly string[] {
  return values.flatMap((value): readonly string[] => {
    if (typeof value === 'string') return value === '' ? [] : [value];
    if (typeof value !== 'object' || value === null) return [];
    return namesIn('code' in value ? Object.values(value.parameters) : [...value]);
  });
}
