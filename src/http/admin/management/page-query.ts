import { z } from 'zod';
import { DomainError } from '../../../core/errors';

/** The most items that one request lists or names. */
export const maxItems = 500;
/** Every list is read from its start, whatever the offset. */
const maxOffset = 100_000;

/** The query of hawkBit's lists. */
export const pageQuery = z.object({
  offset: z.coerce.number().int().min(0).max(maxOffset).default(0),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(50)
    .transform((limit) => Math.min(limit, maxItems)),
  sort: z.string().max(200).optional(),
  q: z.string().max(500).optional(),
  /** hawkBit's clients send it; the answer has everything anyway. */
  representation: z.string().max(20).optional(),
});

/** What hawkBit answers to a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ content: z.array(item), total: z.number(), size: z.number() });
}

/** @param total how many there are on all pages */
export function presentPage<Item>(content: Item[], total: number) {
  return { content, total, size: content.length };
}

/**
 * Whether a list is wanted in reverse.
 * @param fields the fields it can be sorted by.
 * @throws DomainError `invalid-input`
 */
export function isDescending(sort: string | undefined, fields: readonly string[]): boolean {
  if (sort === undefined || sort === '') return false;
  const [, field = '', order] = /^(\w+)(?::(ASC|DESC))?$/i.exec(sort) ?? [];
  if (fields.some((one) => one.toLowerCase() === field.toLowerCase())) return order?.toUpperCase() === 'DESC';
  throw DomainError.of('sort-unsupported', { sort: sort.slice(0, 80) });
}

/** One equality, and what joins it to the next one, which a quoted value may contain, too. */
const comparison = /\s*(\w+)\s*==\s*("[^"*]*"|'[^'*]*'|[^\s"'();,*<>=!]+)\s*(?:(?:;|\sand\s)(?!\s*$)|$)/iy;

/**
 * Reads the part of FIQL that scripts use to find one thing: equalities, all of which must hold.
 * @returns the values by field, as `fields` spells them. @throws DomainError `invalid-input` for anything else
 */
export function readFilter<Field extends string>(
  query: string | undefined,
  fields: readonly Field[],
): Partial<Record<Field, string>> {
  const found: Partial<Record<Field, string>> = {};
  if (query === undefined || query === '') return found;
  const terms = new RegExp(comparison);
  while (terms.lastIndex < query.length) {
    const term: readonly string[] | null = terms.exec(query);
    const [, name = '', value = ''] = term ?? [];
    const field = fields.find((one) => one.toLowerCase() === name.toLowerCase());
    if (field === undefined || found[field] !== undefined)
      throw DomainError.of('query-unsupported', { query: query.slice(0, 80), fields });
    found[field] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return found;
}
