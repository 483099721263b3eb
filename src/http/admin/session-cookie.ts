import type { Request, Response } from 'express';

const cookieName = 'rauc_session';
const attributes = 'HttpOnly; SameSite=Strict; Path=/';

/** The session id that a browser sends, whether there is such a session or not. */
export function readSessionCookie({ headers }: Request): string | undefined {
  for (const pair of headers.cookie?.split(';') ?? []) {
    const [name = '', ...value] = pair.split('=');
    if (name.trim() === cookieName) return value.join('=').trim();
  }
  return undefined;
}

/**
 * Gives a browser its session. The listener speaks plain HTTP and believes no proxy's header, but the browser itself says when it
 * came over TLS: the origin guard has let its `https:` origin pass as one of ADMIN_HOSTS. Then the cookie stays on TLS.
 */
export function setSessionCookie(
  { headers }: Request,
  response: Response,
  session: { readonly id: string; readonly lifetimeMs: number },
): void {
  const seconds = Math.floor(session.lifetimeMs / 1000);
  const secure = headers.origin?.startsWith('https://') === true ? '; Secure' : '';
  response.set('Set-Cookie', `${cookieName}=${session.id}; ${attributes}; Max-Age=${seconds}${secure}`);
}

/** Makes a browser forget its session. */
export function clearSessionCookie(response: Response): void {
  response.set('Set-Cookie', `${cookieName}=; ${attributes}; Max-Age=0`);
}
