import { parseDeviceToken } from '../../core/device-token';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import type { ManageDevices } from '../devices/manage-devices';
import type { DeviceTokens } from './device-tokens';

export interface ImportedTokens {
  /** Devices that were not known before. */
  readonly created: number;
  /** Devices whose token changed. */
  readonly changed: number;
  readonly failed: readonly { readonly id: string; readonly error: DomainError }[];
}

/** Imports devices with their existing tokens, such as those from hawkBit. Repeating it changes nothing. */
export type ImportTokens = (
  tokens: readonly { readonly id: string; readonly token: string }[],
  actor: Actor,
) => Promise<ImportedTokens>;

export interface ImportTokensPorts {
  readonly manageDevices: Pick<ManageDevices, 'create'>;
  readonly deviceTokens: Pick<DeviceTokens, 'adopt'>;
}

/** How many are written together. */
const atOnce = 50;

export function createImportTokens({ manageDevices, deviceTokens }: ImportTokensPorts): ImportTokens {
  /** @returns whether it is new */
  async function ensure(id: string, actor: Actor): Promise<boolean> {
    try {
      await manageDevices.create(id, {}, actor);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict') return false;
      throw error;
    }
  }

  return async (tokens, actor) => {
    const failed: { id: string; error: DomainError }[] = [];
    let [created, changed] = [0, 0];
    const takeOver = async ({ id, token }: (typeof tokens)[number]) => {
      try {
        parseDeviceToken(token); // creates no device for an invalid token
        if (await ensure(id, actor)) created += 1;
        if (await deviceTokens.adopt({ kind: 'device', id }, token, actor)) changed += 1;
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'invalid-input') throw error;
        failed.push({ id, error });
      }
    };
    const byId = [...new Map(tokens.map((one) => [one.id, one])).values()];
    for (let start = 0; start < byId.length; start += atOnce)
      await Promise.all(byId.slice(start, start + atOnce).map(takeOver));
    return { created, changed, failed };
  };
}
