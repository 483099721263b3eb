import { type RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/**
 * Whether the only child of a box is no wider than the box. The content of a box that need not scroll sideways may stick to the
 * window. False until it is measured, so that nothing is ever out of reach.
 */
export function useFits(box: RefObject<HTMLElement | null>): boolean {
  const [fits, setFits] = useState(false);
  useLayoutEffect(() => {
    const { current } = box;
    const content = current?.firstElementChild;
    if (current === null || content == null) return;
    const measure = () => setFits(content.getBoundingClientRect().width <= current.clientWidth + 1);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    observer.observe(content);
    return () => observer.disconnect();
  }, [box]);
  return fits;
}
