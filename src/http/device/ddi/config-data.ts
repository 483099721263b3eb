import { z } from 'zod';
import type { AttributeMode } from '../../../core/contact';
import type { DeviceFacts } from '../../../core/device-facts';
import { DomainError } from '../../../core/errors';
import { attributeNameMaxLength, canBeTold } from '../../../core/told-text';
import { invalidFields, sayInvalidField, sayIssue } from '../../invalid-fields';
import { factNames, readFact } from '../rauc/device-facts';
import { parseJsonBody } from './json-body';

/** Room for 100 values of 256 characters, escaped, with their names. */
export const configDataLimitBytes = 256 << 10;
/** hawkBit's limit. */
export const maxAttributes = 100;

const configDataSchema = z.object({
  mode: z.enum(['merge', 'replace', 'remove']).nullish(),
  data: z
    .record(z.string(), z.string())
    .refine((data) => Object.keys(data).length > 0, 'is empty')
    .refine((data) => Object.keys(data).length <= maxAttributes, `has more than ${maxAttributes} entries`),
});

/** What a client reports about its device. */
export interface ConfigData {
  readonly mode: AttributeMode;
  readonly facts: Partial<DeviceFacts>;
}

/**
 * Reads the attributes of a device. Those named like a `RAUC-*` header ({@link factNames}), with `-` or `_`, are facts as well.
 * Ignores values that are too long or not printable.
 * @throws DomainError `invalid-input`
 */
export function parseConfigData(body: Buffer): ConfigData {
  let content: unknown;
  try {
    content = parseJsonBody(body);
  } catch (cause) {
    throw DomainError.of('attributes-invalid', { problems: ['not JSON'], maxAttributes }, { cause });
  }
  const parsed = configDataSchema.safeParse(content, { error: sayIssue });
  if (!parsed.success) {
    const problems = invalidFields(parsed.error.issues).map(sayInvalidField);
    throw DomainError.of('attributes-invalid', { problems: problems.slice(0, 10), maxAttributes });
  }
  const mode = parsed.data.mode ?? 'merge';
  const told = Object.entries(parsed.data.data)
    .map(([name, value]) => [name.trim(), value.trim()] as const)
    .filter(([name, value]) => canBeNamed(name) && (mode === 'remove' || canBeTold(value)));
  return { mode, facts: { ...factsOf(told, mode), attributes: Object.fromEntries(told) } };
}

function canBeNamed(name: string): boolean {
  return name.length <= attributeNameMaxLength && canBeTold(name);
}

function factsOf(
  told: readonly (readonly [string, string])[],
  mode: AttributeMode,
): Partial<Omit<DeviceFacts, 'attributes'>> {
  const facts: Partial<Record<keyof DeviceFacts, string | null>> = {};
  for (const [name, value] of told) {
    const known = name.toLowerCase().replaceAll('_', '-');
    if (!Object.hasOwn(factNames, known)) continue;
    const fact = factNames[known as keyof typeof factNames];
    const read = mode === 'remove' ? null : readFact(fact, value);
    if (read !== undefined) facts[fact] = read;
  }
  return facts as Partial<Omit<DeviceFacts, 'attributes'>>;
}
