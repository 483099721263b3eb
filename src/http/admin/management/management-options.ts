import type { AdminOptions } from '../kernel/admin-options';
import type { Shares } from '../kernel/shares';

/** What the routes of hawkBit's Management API are built from. */
export interface ManagementOptions extends AdminOptions {
  /** Lists of a large fleet take turns with other searches. */
  readonly searches: Shares;
}

export const root = '/rest/v1';

/** How often devices poll unless someone has configured it, in milliseconds. */
export const usualPollIntervalMs = 300_000;
