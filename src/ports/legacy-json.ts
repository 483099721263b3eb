/** A JSON file that an earlier server left: its content, or why it can't be used. */
export type LegacyJson =
  | { readonly path: string; readonly modifiedAt: Date; readonly content: unknown }
  | { readonly path: string; readonly problem: string };
