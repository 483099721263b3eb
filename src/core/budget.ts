/** Resources of which one device has a share, or one address while the device is unknown. Each word is counted. */
export const budgets = ['memory', 'resets', 'connections', 'handshakes', 'requests', 'journal'] as const;
export type Budget = (typeof budgets)[number];

/** Who exceeds a budget: an address, until a certificate tells more. */
export type BudgetHolder = { readonly deviceId: string } | { readonly address: string };
