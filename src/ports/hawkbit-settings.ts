import type { HawkbitSettings } from '../core/hawkbit-settings';
import type { NewEvent } from '../core/event';
import type { Watch } from './watch';

/** What hawkBit's scripts have configured, one row for each setting. */
export interface HawkbitSettingRecords {
  /** `SELECT name, value FROM hawkbit_settings` */
  load(): Promise<HawkbitSettings>;
  /** `INSERT INTO hawkbit_settings … ON CONFLICT (name) DO UPDATE`, and the line */
  save(change: Partial<HawkbitSettings>, event: NewEvent): Promise<void>;
  /**
   * Calls `look` soon after another node has changed settings. `LISTEN hawkbit_settings`, and every second
   * @param look is called again later if it rejects
   */
  watch(look: () => Promise<void>): Watch;
}
