import type { Request } from 'express';
import type { TokenScope } from '../../../core/token';

/** What the server knows about a request while it answers it. */
export interface RequestContext {
  /** Made here: an id from outside could forge log lines. */
  readonly id: string;
  /** Where the request comes from, as far as it is known: see `clientAddress`. */
  readonly address: string | null;
  /** `local` or `token:<name>`; `null` until the caller is authenticated. */
  actor: string | null;
  /** What the caller may do; nothing until it is authenticated. */
  scopes: readonly TokenScope[];
  /** Whether the caller may still have what it asked for: a token may be revoked meanwhile. */
  isAllowed: () => Promise<boolean>;
  /** The pattern of the matched route: the only path that metrics may use, because there are few. */
  route: string;
  /** Whether the client holds its body back until told to continue (RFC 9110, section 10.1.1). */
  awaitsContinue: boolean;
  /** Why the request failed, for the log. */
  error: unknown;
}

const contexts = new WeakMap<Request, RequestContext>();

export function openContext(request: Request, id: string, address: string | null): RequestContext {
  const context: RequestContext = {
    id,
    address,
    actor: null,
    scopes: [],
    isAllowed: () => Promise.resolve(true),
    route: 'unmatched',
    awaitsContinue: request.headers.expect?.toLowerCase() === '100-continue',
    error: undefined,
  };
  contexts.set(request, context);
  return context;
}

/** @throws Error when the request did not pass `openContext`: a bug */
export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('the request has no context');
  return context;
}
