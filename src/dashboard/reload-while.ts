import { useEffect } from 'preact/hooks';
import type { BundleJson } from '../contract/bundle';

const everyMs = 3_000;

/** Fetches again every few seconds while something is in progress and the journal will not report its end. */
export function useReloadWhile(isGoingOn: boolean, reload: () => void): void {
  useEffect(() => {
    if (!isGoingOn) return;
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [isGoingOn]);
}

export function isBeingChecked({ image_check: { state } }: BundleJson): boolean {
  return state === 'being-checked';
}
