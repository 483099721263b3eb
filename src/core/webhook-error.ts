import { cutText } from '../base/text/cut-text';

const maxLength = 300;

/**
 * Why a receiver did not take an event, in words that may be shown: without the secret, and of a URL no path and no query,
 * which may hold a secret of the receiver.
 */
export function shownError(
  message: string,
  { url, secret }: { readonly url: string; readonly secret: string },
): string {
  const { href, pathname, search } = new URL(url);
  const hidden = [secret, url, href, `${pathname}${search}`, search, pathname].filter(
    (text) => text.length > 1,
  );
  const plain = hidden.reduce((text, one) => text.replaceAll(one, '…'), message);
  const cut = plain.replaceAll(/(https?:\/\/[^\s/?#]+)[/?#]\S*/gi, '$1/…').replaceAll(/\?\S*=\S*/g, '?…');
  return cutText(cut.replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' '), maxLength);
}
