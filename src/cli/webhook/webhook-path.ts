/** The path of a webhook, without a trailing slash. */
export function webhookPath(name: string): string {
  return `/api/webhooks/${encodeURIComponent(name)}`;
}
