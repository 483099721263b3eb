import { parseLabel } from './device';
import { DomainError } from './errors';
import type { RolloutPolicy, RolloutStep } from './rollout';
import { attributeNameMaxLength, canBeTold, formatAttribute } from './told-text';

const maxSteps = 20;

/**
 * Reads the steps of a rollout as people write them: `5,25,100`, with groups of devices by a label or by what they report about
 * themselves: `group:lab,attribute:product=gateway,10,100`. A comma ends a step, so it cannot be in an attribute.
 * @throws DomainError `invalid-input`
 */
export function parseSteps(text: string): readonly RolloutStep[] {
  return text.split(',').map((part): RolloutStep => {
    const word = part.trim();
    if (word.startsWith('group:')) return { kind: 'group', label: parseLabel(word.slice('group:'.length)) };
    if (word.startsWith('attribute:')) return parseAttributeStep(word.slice('attribute:'.length), text);
    const percent = word.replace(/ ?%$/, '');
    if (!/^\d{1,3}(\.\d{1,3})?$/.test(percent)) throw badSteps(text);
    return { kind: 'percent', percent: Number(percent) };
  });
}

/** The first `=` ends the name. */
function parseAttributeStep(words: string, text: string): RolloutStep {
  const end = words.indexOf('=');
  const [name, value] = [words.slice(0, end), words.slice(end + 1)];
  if (end < 0 || name.length > attributeNameMaxLength || !canBeTold(name) || !canBeTold(value))
    throw badSteps(text);
  return { kind: 'attribute', name, value };
}

export function formatSteps(steps: readonly RolloutStep[]): string {
  return steps.map(formatStep).join(',');
}

function formatStep(step: RolloutStep): string {
  switch (step.kind) {
    case 'percent':
      return `${step.percent}`;
    case 'group':
      return `group:${step.label}`;
    case 'attribute':
      return `attribute:${formatAttribute(step)}`;
  }
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
  const groups = steps.filter(({ kind }) => kind !== 'percent').map(formatStep);
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
