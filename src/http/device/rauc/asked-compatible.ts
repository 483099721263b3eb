import { parseCompatible } from '../../../core/bundle';
import { DomainError } from '../../../core/errors';
import type { RouteRequest } from '../kernel/handler';
import type { Exchange } from '../transport/exchange';
import { headerText } from '../transport/header-text';

/**
 * The compatible that a device names in `?compatible=` or `X-RAUC-Compatible`; `null` when it names none.
 * @throws DomainError `invalid-input`: an empty or doubtful compatible never means "the default one"
 */
export function askedCompatible(exchange: Exchange, query: RouteRequest['query']): string | null {
  const inQuery = query.getAll('compatible');
  if (inQuery.length > 1) throw DomainError.of('compatible-named-twice');
  const [asked = compatibleIn(exchange.header('x-rauc-compatible'))] = inQuery;
  return asked === undefined ? null : parseCompatible(asked);
}

function compatibleIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = headerText(header);
  if (text === undefined) throw DomainError.of('compatible-not-utf8');
  return text;
}
