interface NumberFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isPercent?: boolean;
}

/** A count, or a percentage; empty for none. */
export function NumberField({ label, hint, name, value, onChange, isPercent = false }: NumberFieldProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        name={name}
        min={isPercent ? 0.001 : 1}
        step={isPercent ? 'any' : 1}
        {...(isPercent ? { max: 100 } : {})}
        inputMode="decimal"
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <span class="field-hint">{hint}</span>
    </label>
  );
}
