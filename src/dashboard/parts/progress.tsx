interface ProgressProps {
  readonly label: string;
  /** 0 to 1; `null` when unknown. */
  readonly value: number | null;
}

export function Progress({ label, value }: ProgressProps) {
  return <progress aria-label={label} max={1} {...(value === null ? {} : { value })} />;
}
