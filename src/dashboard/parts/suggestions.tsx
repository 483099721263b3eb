interface SuggestionsProps {
  /** The id that a field's `list` refers to. */
  readonly id: string;
  readonly values: Iterable<string>;
}

/** Suggests existing values for a field that accepts any text. */
export function Suggestions({ id, values }: SuggestionsProps) {
  return (
    <datalist id={id}>
      {[...values].map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}
