import type { Request, Response } from 'express';

const plainName = 'rauc_session';
/** Browsers take it over TLS from this very host alone: no other host or path can plant one (RFC 6265bis, section 4.1.3.2). */
const hostName = `__Host-${plainName}`;
const attributes = 'HttpOnly; SameSite=Strict; Path=/';
/** More than browsers keep for all hosts of a site (180), so that no number of planted ones hides ours. */
const maxCookies = 200;

/**
 * The session ids that a browser sends, whether there are such sessions or not. There may be several: a program on a sibling of
 * our host, or on another port of it, can set cookies of our name, and they come in an order that it chooses.
 */
export function readSessionCookies({ headers }: Request): readonly string[] {
  const sent = (headers.cookie?.split(';') ?? []).map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return { name: name.trim(), value: value.join('=').trim() };
  });
  const idsOf = (wanted: string) => sent.filter(({ name }) => name === wanted).map(({ value }) => value);
  return [...new Set([...idsOf(hostName), ...idsOf(plainName)])].slice(0, maxCookies);
}

/**
 * Gives a browser its session. The listener speaks plain HTTP and believes no proxy's header, but the browser itself says when it
 * came over TLS: the origin guard has let its `https:` origin pass as one of ADMIN_HOSTS. Then the cookie stays on TLS, and there
 * is one that nobody can plant; it cannot have the path of a proxy below one, so that the plain one comes beside it.
 */
export function setSessionCookie(
  { headers }: Request,
  response: Response,
  session: { readonly id: string; readonly lifetimeMs: number },
): void {
  const seconds = Math.floor(session.lifetimeMs / 1000);
  const value = `${session.id}; ${attributes}; Max-Age=${seconds}`;
  const isSecure = headers.origin?.startsWith('https://') === true;
  response.set(
    'Set-Cookie',
    isSecure ? [`${plainName}=${value}; Secure`, `${hostName}=${value}; Secure`] : [`${plainName}=${value}`],
  );
}

/** Makes a browser forget its session. */
export function clearSessionCookie(response: Response): void {
  const value = `; ${attributes}; Max-Age=0`;
  response.set('Set-Cookie', [`${plainName}=${value}`, `${hostName}=${value}; Secure`]);
}
