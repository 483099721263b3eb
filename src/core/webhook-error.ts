import { cutText } from '../base/text/cut-text';
import type { Why } from './reasons/why';

const maxLength = 300;

/**
 * Why a receiver did not accept an event, safe to show. In a text of the system, the secret is removed, and so are the path and
 * query of a URL, which may contain a secret of the receiver. The server's own findings name a host at most.
 */
export function shownError(
  why: Why,
  { url, secret }: { readonly url: string; readonly secret: string },
): Why {
  if (typeof why !== 'string') return why;
  const { href, pathname, search } = new URL(url);
  const hidden = [secret, url, href, `${pathname}${search}`, search, pathname].filter(
    (text) => text.length > 1,
  );
  const plain = hidden.reduce((text, one) => text.replaceAll(one, '…'), why);
  const cut = plain.replaceAll(/(https?:\/\/[^\s/?#]+)[/?#]\S*/gi, '$1/…').replaceAll(/\?\S*=\S*/g, '?…');
  return cutText(cut.replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' '), maxLength);
}
