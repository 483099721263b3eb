import { useEffect } from 'preact/hooks';

/** Has the browser ask before the page is closed or left, while something would be lost by it. */
export function useGuard(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [isNeeded]);
}
