interface ProgressProps {
  readonly label: string;
  /** 0 to 1; `null` when it is not known. */
  readonly value: number | null;
}

export function Progress({ label, value }: ProgressProps) {
  return <progress aria-label={label} max={1} {...(value === null ? {} : { value })} />;
}
