import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/** The cookie name of earlier releases, shared by all servers: browsers still hold sessions under it. */
const commonName = 'rauc_session';
const attributes = 'HttpOnly; SameSite=Strict; Path=/';
/** More than browsers keep for all hosts of a site (180), so that planted cookies cannot hide ours. */
const maxCookies = 200;
const markLength = 8;

/**
 * A browser's session cookies. Cookies ignore the port and, where it matters, the path, so each server uses its own
 * cookie name: signing in to one does not end a session with another on the same host.
 */
export class SessionCookies {
  readonly #plainName: string;
  /**
   * Browsers accept it only over TLS and only from this exact host: no other host or path can plant one (RFC 6265bis,
   * section 4.1.3.2).
   */
  readonly #hostName: string;

  /** @param databaseId the id of the server's database, which identifies what the browser signs in to */
  constructor(databaseId: string) {
    const mark = createHash('sha256').update(databaseId).digest('hex').slice(0, markLength);
    this.#plainName = `${commonName}_${mark}`;
    this.#hostName = `__Host-${this.#plainName}`;
  }

  /**
   * The session ids that a browser sends, valid or not. There may be several: a program on a sibling host or on
   * another port can set cookies with our name, and it chooses their order.
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
   * Gives a browser its session. The listener speaks plain HTTP and trusts no proxy's header, but the browser itself
   * shows that it came over TLS: the origin guard has accepted its `https:` origin as one of ADMIN_HOSTS. Then the
   * cookie is restricted to TLS, and a second cookie is set that no one else can plant. The second cannot carry a
   * proxy's path prefix, so both are needed.
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

  /** Makes a browser forget its session. A cookie under the common name may belong to another server, so it stays. */
  clear(response: Response): void {
    const value = `; ${attributes}; Max-Age=0`;
    response.set('Set-Cookie', [`${this.#plainName}=${value}`, `${this.#hostName}=${value}; Secure`]);
  }
}
