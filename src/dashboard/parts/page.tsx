import type { ComponentChildren } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { text } from '../texts';

interface PageProps {
  readonly title: string;
  /** Label and address of the parent page. */
  readonly above?: { readonly label: string; readonly href: string };
  readonly actions?: ComponentChildren;
  readonly badges?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The header and the body of a page. */
export function Page({ title, above, actions, badges, children }: PageProps) {
  useLayoutEffect(() => {
    document.title = `${title} · ${text.frame.product}`;
  }, [title]);
  return (
    <>
      <header class="page-head">
        <div class="page-title">
          {above !== undefined && (
            <p class="above">
              <a href={above.href}>{above.label}</a> <span aria-hidden="true">/</span>
            </p>
          )}
          <h1>{title}</h1>
          {badges}
        </div>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface SectionProps {
  readonly title: string;
  /** The target of links inside the page. */
  readonly id?: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  /** Goes first where there is only one column. */
  readonly isUrgent?: boolean;
  /** Goes last there: it can be of any length. */
  readonly isHistory?: boolean;
}

export function Section({ title, id, actions, children, isUrgent, isHistory }: SectionProps) {
  const place = isUrgent === true ? 'urgent' : isHistory === true ? 'history-section' : '';
  return (
    <section id={id} class={`section panel ${place}`} aria-label={title}>
      <header class="section-head">
        <h2>{title}</h2>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Nothing is here yet: says what to do next. */
export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

type Fact = readonly [label: string, value: ComponentChildren];

/** Letters without a break that fit into a column of facts. */
const columnLetters = 24;

/** Whether a name or a value is so long that it takes a whole line. */
function isLong(fact: Fact): boolean {
  return fact.some(
    (part) => typeof part === 'string' && part.split(/\s/).some(({ length }) => length > columnLetters),
  );
}

/** Names and values of one thing. */
export function Facts({ facts }: { readonly facts: readonly (Fact | null)[] }) {
  return (
    <dl class="facts">
      {facts
        .filter((fact) => fact !== null)
        .map((fact) => {
          const [label, value] = fact;
          return (
            <div key={label} class={isLong(fact) ? 'long' : undefined}>
              <dt>{label}</dt>
              <dd>{value ?? <span class="muted">{text.common.none}</span>}</dd>
            </div>
          );
        })}
    </dl>
  );
}
