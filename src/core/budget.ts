/** What one device, or one address before it is known which device, has a share of. Each word is counted. */
export const budgets = ['memory', 'resets', 'connections', 'handshakes', 'requests', 'journal'] as const;
export type Budget = (typeof budgets)[number];

/** Who goes beyond a budget: an address as long as no certificate tells more. */
export type BudgetHolder = { readonly deviceId: string } | { readonly address: string };
