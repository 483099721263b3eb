interface SuggestionsProps {
  /** What the `list` of a field names. */
  readonly id: string;
  readonly values: Iterable<string>;
}

/** What is in use already, for a field where anything may be typed. */
export function Suggestions({ id, values }: SuggestionsProps) {
  return (
    <datalist id={id}>
      {[...values].map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}
