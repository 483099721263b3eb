import { z } from 'zod';
import type { DraftKind } from '../../../core/draft-kind';
import { DomainError } from '../../../core/errors';
import type { DraftQuery } from '../../../ports/drafts';
import { optional } from './optional-field';
import { isDescending, maxItems, type pageQuery, readFilter } from './page-query';

/** The largest id that all of our databases can store. */
const maxId = 2 ** 31 - 1;

/** The id of a module, a set or an action. */
export const numberParam = z.coerce.number().int().min(1).max(maxId);

/** Modules, as the body of a request names them. */
export const moduleIds = z.array(z.object({ id: z.number().int().min(1).max(maxId) })).max(maxItems);

/** A query for modules or sets. @throws DomainError `invalid-input` */
export function draftQuery(
  kind: DraftKind,
  { offset, limit, sort, q }: z.infer<typeof pageQuery>,
): DraftQuery {
  const { id, ...texts } = readFilter(q, ['id', 'name', 'version', 'type']);
  return {
    kind,
    ...(id === undefined ? {} : { id: parseId(id) }),
    ...texts,
    isDescending: isDescending(sort, ['id']),
    offset,
    limit,
  };
}

function parseId(text: string): number {
  const parsed = numberParam.safeParse(text);
  if (parsed.success) return parsed.data;
  throw DomainError.of('query-unsupported', { query: `id==${text.slice(0, 40)}`, fields: ['id'] });
}

/** The fields of a new module or set. */
export const newDraft = z.object({
  name: z.string(),
  version: z.string(),
  type: z
    .string()
    .nullish()
    .transform((type) => type ?? 'os'),
  description: optional(z.string().max(512)),
});
