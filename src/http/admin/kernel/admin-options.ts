import type { Registry } from 'prom-client';
import type { EventStreams } from './event-stream';
import type { ChoreStatus } from '../../../core/chore';
import type { InstallationState } from '../../../core/installation-states';
import type { Administration } from '../../../services/administration';
import type { ActivateRelease } from '../../../services/catalog/activate-release';
import type { DeleteBundle } from '../../../services/catalog/delete-bundle';
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

export interface AdminServices extends Administration {
  /** Names the database: the server has a cookie of its own by it. */
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
  readonly refusedCertificates: Pick<RefusedCertificates, 'list'>;
  readonly chores: () => readonly ChoreStatus[];
  readonly serverClock: Pick<ServerClock, 'trouble'>;
  readonly health: () => ServiceHealth;
}

export interface AdminOptions {
  readonly services: AdminServices;
  /** What devices use to reach the server, without a slash at the end: for the URLs in manifests. */
  readonly deviceBaseUrl: () => string;
  /** The same as far as it was configured: what a kit tells a device must not be a guess. */
  readonly serverUrl?: string | null;
  /** The largest bundle that is taken. */
  readonly uploadLimitBytes: number;
  /** What the release dialog proposes: steps, and after how many failed devices a rollout pauses. */
  readonly releaseDefaults: { readonly steps: string; readonly pauseAtFailures: number };
  /** Names (or `name:port`) beside `localhost` and IP addresses that the listener is reached by. */
  readonly adminHosts: readonly string[];
  /**
   * Whether every caller needs a token: true as soon as others than programs of this machine are expected. Without it those
   * need one that do not come directly (`isDirect`).
   */
  readonly requireToken: boolean;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed; none when left out. */
  readonly trustedProxies?: readonly string[];
  /** Folder of the page's files. */
  readonly publicDir: string;
  readonly version: string;
  /** How the command line is called where the server was started; by its plain name when left out. */
  readonly command?: string;
  /** More facts for `GET /health`, which everybody can read. */
  readonly health?: () => object;
  /** Where `GET /metrics` reads; others may register theirs beside ours. */
  readonly metrics?: Registry;
  /** The open event streams, to be ended when the server stops; one of its own when left out. */
  readonly eventStreams?: EventStreams;
  readonly log: RequestLog;
  readonly now: Clock;
  /** Makes request ids. */
  readonly newId: () => string;
}
