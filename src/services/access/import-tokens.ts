import { parseDeviceToken } from '../../core/device-token';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import type { ManageDevices } from '../devices/manage-devices';
import type { DeviceTokens } from './device-tokens';

export interface ImportedTokens {
  /** Devices that were not known before. */
  readonly created: number;
  /** Devices that have another token now. */
  readonly changed: number;
  readonly failed: readonly { readonly id: string; readonly error: DomainError }[];
}

/** Takes over devices with the tokens that they have already, such as those of hawkBit. A second time it changes nothing. */
export type ImportTokens = (
  tokens: readonly { readonly id: string; readonly token: string }[],
  actor: Actor,
) => Promise<ImportedTokens>;

export interface ImportTokensPorts {
  readonly manageDevices: Pick<ManageDevices, 'create'>;
  readonly deviceTokens: Pick<DeviceTokens, 'adopt'>;
}

/** So many go to the disk together. */
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
        parseDeviceToken(token); // a device is not created for a token that it cannot have
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
