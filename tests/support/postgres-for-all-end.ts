/** Jest calls it once, after all test files. */
export default async function end(): Promise<void> {
  await (globalThis as { readonly stopPostgres?: () => Promise<void> }).stopPostgres?.();
}
