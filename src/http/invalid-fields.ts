import type { z } from 'zod';
import { counted } from '../base/text/counted';

/** A field that a request must not have, or whose value is not allowed. */
export interface InvalidField {
  /** Its path, such as `body.labels.0`; empty for the whole value. */
  readonly field: string;
  readonly message: string;
}

/** What is wrong, in our words, for schemas that do not say it themselves: pass it as `error` to `safeParse`. */
export function sayIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kindOf(String(issue.expected))}`;
    case 'invalid_value':
      return `must be ${alternatives(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'unrecognized_keys':
      return `has no ${alternatives(issue.keys.map((key) => JSON.stringify(key)))}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${counted(Number(issue.maximum), 'character')}`
        : undefined;
    default:
      return undefined;
  }
}

/** The invalid fields of a value that `safeParse` refused. */
export function invalidFields(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): InvalidField[] {
  return issues.map(({ path, message }) => ({ field: path.join('.'), message }));
}

/** "body.id: is missing" */
export function sayInvalidField({ field, message }: InvalidField): string {
  return field === '' ? message : `${field}: ${message}`;
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
};

function kindOf(expected: string): string {
  return kinds[expected] ?? expected;
}

function alternatives(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} or ${last}`;
}
