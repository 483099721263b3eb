import type { ChoreStatus } from '../../core/chore';
import type { Crash } from '../../core/crash';
import type { DomainError } from '../../core/errors';
import { boardGoneAfterMs } from '../../core/board';
import type { ClockTrouble } from '../../core/server-clock';
import { isInForce } from '../../core/certificate';
import { findAttention } from './attention';
import type { AttentionItem } from './attention-item';
import { type ChannelFigures, describeChannels } from './channel-figures';
import { maxSharedCertificates } from './device-attention';
import { stoppedNoticeMs } from './installation-attention';
import type { BundleTrust } from '../catalog/bundle-trust';
import { revokedDevices } from '../certificates/due-certificates';
import type { ServerCertificateStatus } from '../certificates/server-certificate';
import type { CertificateFolder, CertificateInventory } from '../../ports/certificates';
import type { Dismissal, DismissalRecords } from '../../ports/dismissals';
import type { BundleUses, FleetCounts } from '../../ports/fleet-counts';
import type { ListBundles } from '../catalog/list-bundles';
import type { FleetListing } from '../../ports/fleet-queries';
import type { ManageRollouts } from '../rollouts/manage-rollouts';
import type { ManageWebhooks } from '../webhooks/manage-webhooks';
import type { MeasureStorage } from '../../ports/data-folder';
import type { OverBudget } from './over-budget';
import type { Silence } from '../devices/silence';
import type { RestoreRecords } from '../../ports/restores';
import type { Clock } from '../../ports/clock';

/** The fleet at a glance. */
export interface FleetOverview {
  readonly channels: readonly ChannelFigures[];
  /** What needs attention. */
  readonly attention: readonly AttentionItem[];
  readonly devices: {
    readonly total: number;
    readonly seenLastDay: number;
    readonly waiting: number;
    readonly held: number;
  };
  /** How far a new server has been set up. */
  readonly firstSteps: {
    readonly hasBundle: boolean;
    readonly hasRelease: boolean;
    /** Whether there is one that is neither revoked nor expired. */
    readonly hasDeviceCertificate: boolean;
    /** Whether at least one device has made contact, and was not only added by hand. */
    readonly hasDevice: boolean;
    /** Whether a device has reported the end of an installation, or proven one. */
    readonly hasReport: boolean;
  };
}

/** Counts the fleet; the result may be up to two seconds old. @throws DomainError `unavailable`, `configuration` */
export type DescribeFleet = () => Promise<FleetOverview>;

export interface DescribeFleetPorts {
  readonly listBundles: Pick<ListBundles, 'list'>;
  readonly manageRollouts: Pick<ManageRollouts, 'list'>;
  readonly manageWebhooks: Pick<ManageWebhooks, 'list'>;
  readonly listing: Pick<FleetListing, 'census' | 'attention'>;
  readonly counts: FleetCounts;
  readonly bundleTrust: BundleTrust;
  readonly uses: Pick<BundleUses, 'pinnedBundles'>;
  readonly dismissals: Pick<DismissalRecords, 'all'>;
  readonly certificates: Pick<CertificateFolder, 'inventory' | 'revocations'>;
  readonly restores: Pick<RestoreRecords, 'lastRestore'>;
  /** Ids of devices that used a certificate without a stated purpose. */
  readonly oldCertificates: () => readonly string[];
  readonly serverCertificate?: (() => ServerCertificateStatus) | undefined;
  readonly measureStorage: MeasureStorage;
  readonly daysUntilFull: (freeBytes: number) => number | null;
  readonly writeProblem: () => DomainError | null;
  readonly overBudget: Pick<OverBudget, 'recent'>;
  readonly silence: Silence;
  readonly chores: () => readonly ChoreStatus[];
  readonly lastCrash: Crash | undefined;
  readonly clockTrouble: () => ClockTrouble | null;
  readonly now: Clock;
}

const freshMs = 2_000;
const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Counts the fleet, and reuses the result for two seconds. */
export class FleetDescriber {
  #known:
    | {
        readonly at: number;
        readonly dismissals: number;
        readonly inventory: CertificateInventory;
        readonly overview: Promise<FleetOverview>;
      }
    | undefined;

  constructor(private readonly ports: DescribeFleetPorts) {}

  /** @throws DomainError `unavailable`, `configuration` */
  async describe(): Promise<FleetOverview> {
    // Dismissals and changes to certificates must show at once.
    const [dismissed, inventory] = await Promise.all([
      this.ports.dismissals.all(),
      this.ports.certificates.inventory(),
    ]);
    const at = this.ports.now().getTime();
    const known = this.#known;
    const isSame = known?.dismissals === dismissed.length && known.inventory === inventory;
    if (isSame && Math.abs(at - known.at) < freshMs) return known.overview;
    const overview = this.#count(dismissed, inventory);
    this.#known = { at, dismissals: dismissed.length, inventory, overview };
    overview.catch(() => {
      if (this.#known?.overview === overview) this.#known = undefined;
    });
    return overview;
  }

  async #count(dismissed: readonly Dismissal[], inventory: CertificateInventory): Promise<FleetOverview> {
    const at = this.ports.now();
    const [counted, revocations, storage, webhooks, lastRestore] = await Promise.all([
      this.#countDevices(at),
      this.ports.certificates.revocations(),
      this.ports.measureStorage(),
      this.ports.manageWebhooks.list(),
      this.ports.restores.lastRestore(),
    ]);
    const { census, seenLastDay, hasHeard, hasReport, pinned: pins, ...devices } = counted;
    const releases = this.ports.manageRollouts.list();
    const bundles = this.ports.listBundles.list().map(({ bundle }) => bundle);
    const byName = new Map(bundles.map((bundle) => [bundle.name, bundle]));
    const pinned = pins.flatMap(({ bundleName, devices }) => {
      const bundle = byName.get(bundleName);
      return bundle === undefined ? [] : [{ bundle, devices }];
    });
    return {
      channels: describeChannels(releases, census),
      attention: findAttention({
        ...devices,
        at,
        releases,
        pinned,
        bundleTrust: this.ports.bundleTrust,
        dismissed,
        lastRestore,
        overBudget: this.ports.overBudget.recent(),
        inventory,
        revokedDevices: revokedDevices({ at, certificates: inventory.devices }, revocations),
        serverCertificate: this.ports.serverCertificate?.(),
        oldCertificates: this.ports.oldCertificates(),
        webhooks,
        chores: this.ports.chores(),
        lastCrash: this.ports.lastCrash,
        clock: this.ports.clockTrouble(),
        storage,
        writeProblem: this.ports.writeProblem(),
        daysUntilFull: this.ports.daysUntilFull(storage.freeBytes),
        largestBundleBytes: bundles.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 0),
      }),
      devices: {
        total: devices.decided.devices,
        seenLastDay,
        waiting: devices.decided.waiting,
        held: devices.decided.held,
      },
      firstSteps: {
        hasBundle: bundles.length > 0,
        hasRelease: releases.length > 0,
        hasDeviceCertificate: inventory.devices.some((certificate) => isInForce(certificate, at)),
        hasDevice: hasHeard,
        hasReport,
      },
    };
  }

  async #countDevices(at: Date) {
    const { listing, counts, uses } = this.ports;
    const before = (ms: number) => new Date(at.getTime() - ms);
    const seenLastDay = await counts.seenSince(before(dayMs));
    const hasReport = await counts.hasOutcome();
    return {
      seenLastDay,
      hasReport,
      hasHeard: hasReport || seenLastDay > 0 || (await counts.seenSince(new Date(0))) > 0,
      decided: await listing.attention(),
      census: await listing.census(),
      pinned: await uses.pinnedBundles(),
      troubled: await counts.troubled(),
      stopped: await counts.stopped(before(stoppedNoticeMs)),
      shared: await counts.sharedCertificates(before(boardGoneAfterMs), maxSharedCertificates),
      otherClaims: await counts.otherClaims(),
      silentPollers: await counts.silentPollers(),
      silent: await this.#countSilent(),
    };
  }

  /** Counted once an hour, so that the number that people see stays the same for a while. */
  async #countSilent() {
    const { afterMs, heardSince } = this.ports.silence;
    const since = heardSince()?.getTime();
    if (since === undefined) return null;
    const before = new Date(since - (((since % hourMs) + hourMs) % hourMs));
    return { ...(await this.ports.counts.silent(before)), before, afterMs };
  }
}
