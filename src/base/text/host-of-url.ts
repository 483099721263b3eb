/** The host of a URL, an IPv6 address without its brackets. @throws TypeError if it is not a URL */
export function hostOfUrl(url: string | URL): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
