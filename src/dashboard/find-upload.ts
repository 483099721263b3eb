import { lookPauses } from '../core/lost-answer';
import { type Failure, get } from './api/client';
import type { BundleDetailsJson } from '../contract/bundle';

/**
 * Whether a failure leaves open what the server did with an upload that was sent: there was no answer, or a proxy
 * gave up.
 */
export function leavesOpen({ status, isOfServer }: Failure): boolean {
  return !isOfServer && (status === 0 || status >= 500);
}

/**
 * Checks repeatedly whether the server has a file whose answer was lost. It compares name and size, which is all that a
 * page knows about a file without reading it again.
 * @returns `null` if it never appears
 */
export async function findUpload({ name, size }: File): Promise<BundleDetailsJson | null> {
  for (const pauseMs of [0, ...lookPauses(size)]) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const bundle = await get<BundleDetailsJson>(`/api/bundles/${encodeURIComponent(name)}`).catch(() => null);
    if (bundle?.size === size) return bundle;
  }
  return null;
}
