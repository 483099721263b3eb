/**
 * Which devices a step of a rollout reaches, parsed from the API's words: `25`, `group:lab` or
 * `attribute:product=gateway`.
 */
export type Step =
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'group'; readonly label: string }
  | { readonly kind: 'attribute'; /** `name=value`. */ readonly attribute: string };

/** `null` for an invalid or incomplete step. */
export function readStep(word: string): Step | null {
  const step = word.trim();
  if (step.startsWith('group:') && step !== 'group:')
    return { kind: 'group', label: step.slice('group:'.length) };
  if (/^attribute:[^=]+=./.test(step))
    return { kind: 'attribute', attribute: step.slice('attribute:'.length) };
  const number = step.replace(/ ?%$/, '');
  const percent = /^\d+(\.\d+)?$/.test(number) ? Number(number) : NaN;
  return percent > 0 && percent <= 100 ? { kind: 'percent', percent } : null;
}
