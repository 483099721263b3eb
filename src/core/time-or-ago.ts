const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** How long ago: minutes, hours or days, such as `90m`, `12h` or `7d`. */
export const agoForm = /^([1-9]\d{0,3})([mhd])$/;

/**
 * Reads a time in the past as people write it.
 * @param text an instant of ISO 8601, or how long ago it was, in the form of {@link agoForm}
 */
export function timeOrAgo(text: string, now: Date): Date {
  const [, amount, unit] = agoForm.exec(text) ?? [];
  if (amount === undefined) return new Date(text);
  return new Date(now.getTime() - Number(amount) * unitsMs[unit as keyof typeof unitsMs]);
}
