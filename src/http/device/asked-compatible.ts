import { parseCompatible } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type { Exchange } from './exchange';

/**
 * The compatible that a device names in `?compatible=` or `X-RAUC-Compatible`; `null` when it names none.
 * @throws DomainError `invalid-input`: an empty or doubtful compatible is never taken for "the default one"
 */
export function askedCompatible(exchange: Exchange, query: URLSearchParams): string | null {
  const inQuery = query.getAll('compatible');
  if (inQuery.length > 1) throw new DomainError('invalid-input', 'compatible is there more than once');
  const [asked = decodeUtf8(exchange.header('x-rauc-compatible'))] = inQuery;
  return asked === undefined ? null : parseCompatible(asked);
}

/** Node gives the bytes of a header as Latin-1; compatibles are UTF-8. */
function decodeUtf8(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x20-\x7e]*$/.test(header)) return header;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch (cause) {
    throw new DomainError('invalid-input', 'X-RAUC-Compatible is not UTF-8', { cause });
  }
}
