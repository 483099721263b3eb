import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface MenuProps {
  readonly label: string;
  readonly summary: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A button that opens a small panel below it. Escape, a click elsewhere or a choice closes it. */
export function Menu({ label, summary, children }: MenuProps) {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const details = element.current;
      if (details === null || !details.open || details.contains(event.target as Node)) return;
      details.open = false;
    };
    document.addEventListener('click', close);
    return () => document.removeEventListener('click', close);
  }, []);
  return (
    <details
      class="menu"
      ref={element}
      onKeyDown={(event) => {
        const details = element.current;
        if (event.key !== 'Escape' || details === null || !details.open) return;
        event.stopPropagation();
        details.open = false;
        details.querySelector('summary')?.focus();
      }}
    >
      <summary class="button" aria-label={label}>
        {summary}
      </summary>
      <div
        class="menu-panel"
        onClick={(event) => {
          const details = element.current;
          if (details === null || (event.target as Element).closest('button') === null) return;
          // So that a dialog that opens now can later return the focus to a visible element.
          details.querySelector('summary')?.focus();
          details.open = false;
        }}
      >
        {children}
      </div>
    </details>
  );
}
