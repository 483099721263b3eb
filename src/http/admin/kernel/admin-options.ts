import type { Registry } from 'prom-client';
import type { EventStreams } from './event-stream';
import type { ChoreStatus } from '../../../core/chore';
import type { InstallationState } from '../../../core/installation-states';
import type { Administration } from '../../../services/administration';
import type { ActivateRelease } from '../../../services/catalog/activate-release';
import type { DeleteBundle } from '../../../services/catalog/delete-bundle';
import type { DeviceActions } from '../../../services/offers/device-actions';
import type { DescribeRollout } from '../../../services/rollouts/describe-rollout';
import type { ExplainOffer } from '../../../services/offers/explain-offer';
import type { FleetHistory } from '../../../services/overview/fleet-history';
import type { GoBack } from '../../../services/rollouts/go-back';
import type { UndoRelease } from '../../../services/rollouts/undo-release';
import type { ReleaseResults } from '../../../ports/catalog';
import type { FleetListing } from '../../../ports/fleet-queries';
import type { ManageDevices } from '../../../services/devices/manage-devices';
import type { ManageRollouts } from '../../../services/rollouts/manage-rollouts';
import type { ListBundles } from '../../../services/catalog/list-bundles';
import type { DeviceTokens } from '../../../services/access/device-tokens';
import type { ImportTokens } from '../../../services/access/import-tokens';
import type { ManageSessions } from '../../../services/access/manage-sessions';
import type { ManageTokens } from '../../../services/access/manage-tokens';
import type { HawkbitServices } from '../../../services/hawkbit/hawkbit-services';
import type { ManageDeliveries } from '../../../services/webhooks/manage-deliveries';
import type { ManageWebhooks } from '../../../services/webhooks/manage-webhooks';
import type { ServiceHealth } from '../../../services/services';
import type { ServerClock } from '../../../services/clock/server-clock';
import type { PreviewRelease } from '../../../services/rollouts/preview-release';
import type { ReadBundle } from '../../../services/catalog/read-bundle';
import type { RefusedCertificates } from '../../../services/certificates/refused-certificates';
import type { ReadJournal } from '../../../ports/journal';
import type { SendWebhooks } from '../../../services/webhooks/send-webhooks';
import type { PublishBundle } from '../../../services/catalog/publish-bundle';
import type { Clock } from '../../../ports/clock';
import type { RequestLog } from '../../../ports/log';

export interface AdminServices extends Administration, HawkbitServices {
  /** Identifies the database; the name of the server's cookie is derived from it. */
  readonly databaseId: string;
  readonly publishBundle: PublishBundle;
  readonly activateRelease: ActivateRelease;
  readonly goBack: GoBack;
  readonly undoRelease: UndoRelease;
  readonly releaseResults: ReleaseResults;
  readonly previewRelease: PreviewRelease;
  readonly deleteBundle: DeleteBundle;
  readonly listBundles: ListBundles;
  readonly readBundle: Pick<ReadBundle, 'open'>;
  readonly manageTokens: ManageTokens;
  readonly manageSessions: ManageSessions;
  readonly deviceTokens: DeviceTokens;
  readonly importTokens: ImportTokens;
  readonly manageDevices: ManageDevices;
  readonly manageRollouts: ManageRollouts;
  readonly readJournal: ReadJournal;
  readonly manageWebhooks: ManageWebhooks;
  readonly manageDeliveries: ManageDeliveries;
  readonly sendWebhooks: SendWebhooks;
  readonly describeRollout: DescribeRollout;
  readonly listFleet: FleetListing;
  readonly fleetHistory: FleetHistory;
  readonly installationsReached: () => ReadonlyMap<InstallationState, number>;
  readonly explainOffer: ExplainOffer;
  readonly deviceActions: Pick<DeviceActions, 'find'>;
  readonly refusedCertificates: Pick<RefusedCertificates, 'list'>;
  readonly chores: () => readonly ChoreStatus[];
  readonly serverClock: Pick<ServerClock, 'trouble'>;
  readonly health: () => ServiceHealth;
}

export interface AdminOptions {
  readonly services: AdminServices;
  /** The URL at which devices reach the server, without a trailing slash: for the URLs in manifests. */
  readonly deviceBaseUrl: () => string;
  /** The same URL, but only if it was configured: a kit must not give a device a guess. */
  readonly serverUrl?: string | null;
  /** The largest bundle that is accepted. */
  readonly uploadLimitBytes: number;
  /** What the release dialog proposes: the steps, and after how many failed devices a rollout pauses. */
  readonly releaseDefaults: { readonly steps: string; readonly pauseAtFailures: number };
  /** How often hawkBit's clients poll unless a script has configured it, in milliseconds; default: five minutes. */
  readonly hawkbitPollIntervalMs?: number;
  /** Names (or `name:port`) of the listener, in addition to `localhost` and IP addresses. */
  readonly adminHosts: readonly string[];
  /**
   * Whether every caller needs a token: true as soon as callers from other machines are expected. Otherwise only
   * callers that do not connect directly (see `isDirect`) need one.
   */
  readonly requireToken: boolean;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is trusted; default: none. */
  readonly trustedProxies?: readonly string[];
  /** Folder of the page's files. */
  readonly publicDir: string;
  readonly version: string;
  /** How to call the command line where the server was started; default: its plain name. */
  readonly command?: string;
  /** More facts for `GET /health`, which anyone can read. */
  readonly health?: () => object;
  /** What `GET /metrics` reads; others may register their metrics there too. */
  readonly metrics?: Registry;
  /** The open event streams, to be ended when the server stops; default: a new set. */
  readonly eventStreams?: EventStreams;
  readonly log: RequestLog;
  readonly now: Clock;
  /** Makes request ids. */
  readonly newId: () => string;
}
