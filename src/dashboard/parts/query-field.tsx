import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { address, setQuery } from '../location';

/** People keep typing while a list is fetched: the address follows when they pause. */
const pauseMs = 250;

interface QueryFieldProps {
  /** The name of the parameter in the address. */
  readonly name: string;
  readonly label: string;
  /** The label is only for screen readers; others see the placeholder. */
  readonly isCompact?: boolean;
  readonly type?: 'search' | 'text' | 'datetime-local';
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly list?: string;
  readonly class?: string;
  /** Parameters that become meaningless when this one changes, such as the page of a list. */
  readonly clears?: readonly string[];
  /** Converts the address's value to the field's text. */
  readonly show?: (value: string) => string;
  /** Converts the typed text to the address's value. */
  readonly keep?: (typed: string) => string;
}

/** A field that is part of the address. Text being typed is never overwritten. */
export function QueryField(props: QueryFieldProps) {
  const {
    name,
    label,
    type = 'text',
    maxLength = 100,
    placeholder,
    list,
    clears = [],
    isCompact = false,
  } = props;
  const { show = same, keep = trimmed } = props;
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const value = address.value.query.get(name) ?? '';

  function look(): void {
    clearTimeout(timer.current);
    timer.current = undefined;
    const cleared = Object.fromEntries(clears.map((other) => [other, null]));
    setQuery({ ...cleared, [name]: keep(field.current?.value ?? '') });
  }

  useEffect(() => () => clearTimeout(timer.current), []);
  useLayoutEffect(() => {
    // Something else changed the address, such as the back button.
    if (field.current === null || timer.current !== undefined) return;
    if (keep(field.current.value) !== value) field.current.value = show(value);
  }, [address.value]);

  return (
    <label class={props.class}>
      {!isCompact && label}
      <input
        ref={field}
        type={type}
        aria-label={isCompact ? label : undefined}
        maxLength={maxLength}
        placeholder={placeholder}
        list={list}
        spellcheck={false}
        autocomplete="off"
        onInput={() => {
          clearTimeout(timer.current);
          timer.current = setTimeout(look, pauseMs);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') look();
        }}
        // What is clicked next, such as a button that clears the filters, comes after what was typed.
        onBlur={() => {
          if (timer.current !== undefined) look();
        }}
      />
    </label>
  );
}

function same(value: string): string {
  return value;
}

function trimmed(typed: string): string {
  return typed.trim();
}
