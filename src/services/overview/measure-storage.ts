/** Tells what the data folder takes beside the bundles, and what is left for it, in bytes. */
export type MeasureStorage = () => Promise<{ readonly databaseBytes: number; readonly freeBytes: number }>;
