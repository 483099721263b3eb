import { useEffect } from 'preact/hooks';

/** Makes the browser ask before the page is closed or left, while that would lose something. */
export function useGuard(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [isNeeded]);
}
