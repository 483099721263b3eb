import type { SessionRecords, TokenRecords } from './access';
import type { AskedNameRecords } from './asked-names';
import type { BundleStorage } from './bundle-storage';
import type { CatalogRecords, ReleaseResults } from './catalog';
import type { MeasureStorage, WriteManifestFile } from './data-folder';
import type { DeviceTokenRecords } from './device-tokens';
import type { DeviceRecords } from './devices';
import type { DismissalRecords } from './dismissals';
import type { DraftRecords } from './drafts';
import type { OpenFleet } from './fleet';
import type { BundleUses, FleetCounts } from './fleet-counts';
import type { FleetListing } from './fleet-queries';
import type { FoundFiles } from './found-files';
import type { HawkbitSettingRecords } from './hawkbit-settings';
import type { HistoryRecords } from './history';
import type { JournalRecords } from './journal';
import type { LegacyFiles, MarkerRecords } from './legacy';
import type { Nodes } from './nodes';
import type { DatabaseMarker, RestoreRecords } from './restores';
import type { RetentionRecords, UpTimeRecords } from './up-time';
import type { WebhookDeliveries } from './webhook-deliveries';
import type { WebhookRecords } from './webhooks';
import type { Writability } from './writability';

/** All persistent data. An adapter that implements all of it can replace the embedded database and the data folder. */
export interface Store {
  readonly catalog: CatalogRecords;
  readonly results: ReleaseResults;
  readonly devices: DeviceRecords;
  readonly openFleet: OpenFleet;
  readonly listing: FleetListing;
  readonly counts: FleetCounts;
  readonly uses: BundleUses;
  readonly history: HistoryRecords;
  readonly journal: JournalRecords;
  readonly webhooks: WebhookRecords;
  readonly deliveries: WebhookDeliveries;
  readonly tokens: TokenRecords;
  readonly sessions: SessionRecords;
  readonly deviceTokens: DeviceTokenRecords;
  readonly dismissals: DismissalRecords;
  readonly drafts: DraftRecords;
  readonly hawkbitSettings: HawkbitSettingRecords;
  readonly askedNames: AskedNameRecords;
  readonly upTime: UpTimeRecords;
  readonly retention: RetentionRecords;
  readonly restores: RestoreRecords;
  readonly databaseMarker: DatabaseMarker;
  readonly bundles: BundleStorage;
  readonly foundFiles: FoundFiles;
  readonly legacy: LegacyFiles;
  readonly markers: MarkerRecords;
  readonly writeManifestFile: WriteManifestFile;
  readonly measureStorage: MeasureStorage;
  readonly writability: Writability;
  readonly nodes: Nodes;
}

/** The database that holds the state, and its version. */
export interface DatabaseVersion {
  readonly name: 'SQLite' | 'PostgreSQL';
  readonly version: string;
}
