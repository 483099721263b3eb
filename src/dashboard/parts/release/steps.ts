/** Whom a step of a rollout reaches, parsed from the API's words: `25` or `group:lab`. */
export type Step =
  { readonly kind: 'percent'; readonly percent: number } | { readonly kind: 'group'; readonly label: string };

/** `null` for an invalid or incomplete step. */
export function readStep(word: string): Step | null {
  const step = word.trim().replace(/ ?%$/, '');
  if (step.startsWith('group:') && step !== 'group:')
    return { kind: 'group', label: step.slice('group:'.length) };
  const percent = /^\d+(\.\d+)?$/.test(step) ? Number(step) : NaN;
  return percent > 0 && percent <= 100 ? { kind: 'percent', percent } : null;
}
