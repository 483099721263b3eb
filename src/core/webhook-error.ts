import { cutText } from '../base/text/cut-text';
import type { Why } from './reasons/why';

const maxLength = 300;

/**
 * Why a receiver did not take an event, as it may be shown. A text of the system loses the secret, and the path and query of a URL, which
 * may hold a secret of the receiver. What the server has found names a host at most.
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
