import type { Circumstance } from '../core/reasons/why';

/** A JSON file that an earlier server left: its content, or why it cannot be used. */
export type LegacyJson =
  | { readonly path: string; readonly modifiedAt: Date; readonly content: unknown }
  | { readonly path: string; readonly problem: Circumstance };

/** What an earlier server left in the data folder. */
export interface LegacyFiles {
  /** What was noted about a bundle at its upload. */
  notes(bundleName: string): Promise<readonly LegacyJson[]>;
  /** Its releases; that of the default compatible comes last. */
  manifests(): Promise<readonly LegacyJson[]>;
  /** Keeps its `manifest.json` next to the one that this server writes. */
  keepManifest(): Promise<void>;
}

/** One-time steps that must not run again. */
export interface MarkerRecords {
  has(name: string): Promise<boolean>;
  set(name: string, at: Date): Promise<void>;
}
