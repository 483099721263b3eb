import { DomainError } from '../core/errors';
import type { Catalog } from './catalog';

/** So far back in the history of a channel. */
const lookedAt = 1_000;

interface Former {
  readonly bundleName: string;
  readonly forced: boolean;
}

/**
 * Finds what was current on a channel before the present release. Making the one before current again counts as going back:
 * going back twice leads two releases back, not to and fro.
 * @throws DomainError `not-found`
 */
export function releaseBefore(catalog: Catalog, compatible: string, channel: string): Former {
  const lines = catalog.history({ compatible, channel, limit: lookedAt });
  const stack: Former[] = [];
  for (const { action, bundleName, forced } of [...lines].reverse()) {
    if (action === 'deactivate' || bundleName === null) continue;
    if (stack.at(-1)?.bundleName === bundleName) continue;
    if (stack.at(-2)?.bundleName === bundleName) stack.pop();
    else stack.push({ bundleName, forced });
  }
  // With nothing current, the last one is the one before.
  const before = catalog.currentName(compatible, channel) === undefined ? stack.at(-1) : stack.at(-2);
  if (before === undefined) {
    throw new DomainError('not-found', `nothing was current for ${compatible} (${channel}) before`, {
      remedy: 'Activate a bundle, or deactivate to offer nothing.',
    });
  }
  return before;
}
