import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/** The name until servers had one each: browsers have sessions under it. */
const commonName = 'rauc_session';
const attributes = 'HttpOnly; SameSite=Strict; Path=/';
/** More than browsers keep for all hosts of a site (180), so that no number of planted ones hides ours. */
const maxCookies = 200;
const markLength = 8;

/**
 * A browser's session in its cookies. Cookies know neither port nor, where it counts, path: each server has a name of its own, so
 * that signing in to one ends no session of another on the same host.
 */
export class SessionCookies {
  readonly #plainName: string;
  /** Browsers take it over TLS from this very host alone: no other host or path can plant one (RFC 6265bis, section 4.1.3.2). */
  readonly #hostName: string;

  /** @param databaseId - of the server's database: what is signed in to */
  constructor(databaseId: string) {
    const mark = createHash('sha256').update(databaseId).digest('hex').slice(0, markLength);
    this.#plainName = `${commonName}_${mark}`;
    this.#hostName = `__Host-${this.#plainName}`;
  }

  /**
   * The session ids that a browser sends, whether there are such sessions or not. There may be several: a program on a sibling of
   * our host, or on another port of it, can set cookies of our name, and they come in an order that it chooses.
   */
  read({ headers }: Request): readonly string[] {
    const sent = (headers.cookie?.split(';') ?? []).map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return { name: name.trim(), value: value.join('=').trim() };
    });
    const names = [this.#hostName, this.#plainName, `__Host-${commonName}`, commonName];
    const ids = names.flatMap((wanted) =>
      sent.filter(({ name }) => name === wanted).map(({ value }) => value),
    );
    return [...new Set(ids)].slice(0, maxCookies);
  }

  /**
   * Gives a browser its session. The listener speaks plain HTTP and believes no proxy's header, but the browser itself says when it
   * came over TLS: the origin guard has let its `https:` origin pass as one of ADMIN_HOSTS. Then the cookie stays on TLS, and there
   * is one that nobody can plant; it cannot have the path of a proxy below one, so that the plain one comes beside it.
   */
  set(
    { headers }: Request,
    response: Response,
    session: { readonly id: string; readonly lifetimeMs: number },
  ): void {
    const seconds = Math.floor(session.lifetimeMs / 1000);
    const value = `${session.id}; ${attributes}; Max-Age=${seconds}`;
    const isSecure = headers.origin?.startsWith('https://') === true;
    response.set(
      'Set-Cookie',
      isSecure
        ? [`${this.#plainName}=${value}; Secure`, `${this.#hostName}=${value}; Secure`]
        : [`${this.#plainName}=${value}`],
    );
  }

  /** Makes a browser forget its session. One under the common name may be another server's: it stays. */
  clear(response: Response): void {
    const value = `; ${attributes}; Max-Age=0`;
    response.set('Set-Cookie', [`${this.#plainName}=${value}`, `${this.#hostName}=${value}; Secure`]);
  }
}
