import type { NewEvent } from '../core/event';

/** The token of one holder, sealed, and the previous one while that is still valid. */
export interface StoredDeviceToken {
  readonly sealed: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Both `null` when there is none. */
  readonly previous: string | null;
  readonly previousUntil: Date | null;
}

export interface NewDeviceToken extends Pick<StoredDeviceToken, 'sealed' | 'createdAt' | 'createdBy'> {
  /** How long the token it replaces stays valid; `null` if it ends at once. */
  readonly overlapUntil: Date | null;
}

/** Which token may exist already. */
export type TokenExpectation = 'none' | 'one' | 'any';

export type PutToken = 'created' | 'rotated' | 'taken' | 'missing' | 'no-device';

/** Stores the tokens of devices. Deleting a device deletes its token. */
export interface DeviceTokenRecords {
  /** `SELECT * FROM device_tokens WHERE holder = $1` */
  find(holder: string): Promise<StoredDeviceToken | undefined>;
  /**
   * Decides within the transaction, and adds the lines if something changed: `SELECT 1 FROM devices WHERE id = $1 FOR SHARE`,
   * then `INSERT INTO device_tokens … ON CONFLICT (holder) DO UPDATE SET sealed = excluded.sealed, previous =
   * device_tokens.sealed, …`
   * @param deviceId of a device that must exist; `null` for the gateway
   * @param events makes the journal's lines from the result
   */
  put(
    holder: string,
    deviceId: string | null,
    token: NewDeviceToken,
    expects: TokenExpectation,
    events: (became: 'created' | 'rotated') => readonly NewEvent[],
  ): Promise<PutToken>;
  /** `DELETE FROM device_tokens WHERE holder = $1 RETURNING holder`, and the lines if it was there. */
  remove(holder: string, events: readonly NewEvent[]): Promise<boolean>;
  /** `DELETE FROM device_tokens RETURNING holder`, and the lines. @returns how many there were */
  removeAll(events: (count: number) => readonly NewEvent[]): Promise<number>;
  /** Any holder of a token; `undefined` when there is none. `SELECT holder FROM device_tokens LIMIT 1` */
  any(): Promise<string | undefined>;
}
