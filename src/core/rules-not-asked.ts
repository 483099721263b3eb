interface ToldRule {
  readonly rule: string;
  /** `null` for a rule that had nothing to judge. */
  readonly passed: boolean | null;
  readonly message: string;
}

/** Rules that had nothing to judge for the same reason. */
export interface NotAsked<Rule extends string = string> {
  readonly rules: readonly Rule[];
  readonly message: string;
}

/** The rules that had nothing to judge, grouped by reason, so each reason is told once. */
export function rulesNotAsked<Told extends ToldRule>(
  rules: readonly Told[],
): readonly NotAsked<Told['rule']>[] {
  const byMessage = new Map<string, Told['rule'][]>();
  for (const { rule, passed, message } of rules) {
    if (passed !== null) continue;
    const same = byMessage.get(message);
    if (same === undefined) byMessage.set(message, [rule]);
    else same.push(rule);
  }
  return [...byMessage].map(([message, same]) => ({ rules: same, message }));
}
