/** The path of a webhook, without a slash at the end. */
export function webhookPath(name: string): string {
  return `/api/webhooks/${encodeURIComponent(name)}`;
}
