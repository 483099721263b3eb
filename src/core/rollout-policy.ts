import { parseLabel } from './device';
import { DomainError } from './errors';
import type { RolloutPolicy, RolloutStep } from './rollout';

const maxSteps = 20;

/**
 * Reads the steps of a rollout as people write them: `5,25,100`, with groups of devices by their label:
 * `group:lab,10,100`.
 * @throws DomainError `invalid-input`
 */
export function parseSteps(text: string): readonly RolloutStep[] {
  return text.split(',').map((part): RolloutStep => {
    const word = part.trim().replace(/ ?%$/, '');
    if (word.startsWith('group:')) return { kind: 'group', label: parseLabel(word.slice('group:'.length)) };
    if (!/^\d{1,3}(\.\d{1,3})?$/.test(word)) throw badSteps(text);
    return { kind: 'percent', percent: Number(word) };
  });
}

export function formatSteps(steps: readonly RolloutStep[]): string {
  return steps.map((step) => (step.kind === 'group' ? `group:${step.label}` : `${step.percent}`)).join(',');
}

/**
 * Checks a policy and returns it unchanged.
 * @throws DomainError `invalid-input`
 */
export function parsePolicy(policy: RolloutPolicy): RolloutPolicy {
  const { steps, promoteAtPercent, pauseAtFailures, pauseAtPercent, maxInProgress } = policy;
  if (steps.length === 0 || steps.length > maxSteps) throw badSteps(formatSteps(steps));
  const percents = steps.flatMap((step) => (step.kind === 'percent' ? [step.percent] : []));
  const isGrowing = percents.every((percent, index) => percent > (percents[index - 1] ?? 0));
  if (!isGrowing || percents.some((percent) => percent > 100)) throw badSteps(formatSteps(steps));
  const groups = steps.flatMap((step) => (step.kind === 'group' ? [step.label] : []));
  if (new Set(groups).size < groups.length) throw badSteps(formatSteps(steps));
  for (const [field, percent] of [
    ['promote at', promoteAtPercent],
    ['pause at', pauseAtPercent],
  ] as const) {
    if (percent !== null && !(percent > 0 && percent <= 100)) throw DomainError.of('not-a-share', { field });
  }
  for (const [field, count] of [
    ['pause at failures', pauseAtFailures],
    ['at a time', maxInProgress],
  ] as const) {
    if (count !== null && !(Number.isSafeInteger(count) && count > 0))
      throw DomainError.of('not-a-count', { field });
  }
  return policy;
}

function badSteps(text: string): DomainError {
  return DomainError.of('not-rollout-steps', { text: text.slice(0, 80), maxSteps });
}
