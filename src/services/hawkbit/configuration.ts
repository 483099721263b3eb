import { gateway } from '../../core/device-token';
import type { Actor } from '../../core/event';
import type { HawkbitSettings } from '../../core/hawkbit-settings';
import { saying } from '../../core/journal/catalogue';
import { unlessMissing } from '../../core/unless-missing';
import type { Clock } from '../../ports/clock';
import type { HawkbitSettingRecords } from '../../ports/hawkbit-settings';
import type { Watch } from '../../ports/watch';
import type { DeviceTokens } from '../access/device-tokens';

/** What hawkBit's scripts configure. Stored in the database, and in memory for polls: what another node changes counts within a second. */
export interface HawkbitConfiguration {
  current(): HawkbitSettings;
  /**
   * Changes settings. The change is on disk when the promise resolves, with its line in the journal.
   * @param told for the line: the script's name of the setting, and its value
   * @throws DomainError `storage-full`, `unavailable`
   */
  change(
    change: Partial<HawkbitSettings>,
    told: { readonly setting: string; readonly value: string },
    actor: Actor,
  ): Promise<void>;
  /** Follows what other nodes change. */
  watch(): Watch;
  /** The gateway token; empty when there is none. @throws DomainError `configuration` when it cannot be read */
  gatewayToken(): Promise<string>;
}

export interface HawkbitConfigurationPorts {
  readonly records: HawkbitSettingRecords;
  readonly deviceTokens: Pick<DeviceTokens, 'show'>;
  readonly now: Clock;
}

/** @throws DomainError `unavailable` */
export async function openHawkbitConfiguration({
  records,
  deviceTokens,
  now,
}: HawkbitConfigurationPorts): Promise<HawkbitConfiguration> {
  let settings = await records.load();
  let changes = 0;

  return {
    current: () => settings,
    async change(change, told, actor) {
      const reason = saying('setting-changed', told);
      await records.save(change, { kind: 'setting.changed', at: now(), actor, reason });
      changes += 1;
      settings = { ...settings, ...change };
    },
    watch: () =>
      records.watch(async () => {
        const before = changes;
        const loaded = await records.load();
        if (changes === before) settings = loaded; // otherwise it may have been read before this node's change
      }),
    gatewayToken: async () => (await unlessMissing(deviceTokens.show(gateway), { token: '' })).token,
  };
}
