import type { ActivationJson } from '../../api/types';

/**
 * Which bundle becomes current when people go back, as the server finds it: making the one before current again counts as
 * going back, so that going back twice leads two releases back.
 * @param history of one channel on which something is current, newest first
 */
export function bundleBefore(history: readonly ActivationJson[]): string | null {
  const stack: string[] = [];
  for (const { action, bundle } of [...history].reverse()) {
    if (action === 'deactivate' || bundle === null || stack.at(-1) === bundle) continue;
    if (stack.at(-2) === bundle) stack.pop();
    else stack.push(bundle);
  }
  return stack.at(-2) ?? null;
}
