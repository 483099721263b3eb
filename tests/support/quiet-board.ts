import { createHash } from 'node:crypto';
import type { Bundle } from '../../src/core/bundle';
import type { Contact } from '../../src/core/contact';
import type { DeviceFacts } from '../../src/core/device-facts';
import type { Offer } from '../../src/core/offer';
import type { ReportState } from '../../src/core/report';
import type { Services } from '../../src/services/services';

export interface QuietBoardOptions {
  readonly compatible: string;
  readonly version: string;
  /** Who asks: RAUC's own poller, or a script that reads the manifest and reports. */
  readonly speaks: 'native' | 'script';
  /** When its machine-id is another one; `null`: it has none. */
  readonly machineIdPer: 'board' | 'boot' | 'slot' | null;
  readonly address: string;
  /** The services that run now. */
  readonly services: () => Pick<Services, 'offerUpdate' | 'recordProgress' | 'recordReport'>;
  readonly now: () => Date;
}

/** A board that does everything right, as the services hear it: it asks, installs, boots and is good. */
export class QuietBoard {
  private boots = 1;
  private version: string;
  /** Written, and not booted into. */
  private written: string | null = null;
  /** Of the bundle that RAUC's poller has seen, in memory alone. */
  private etag: string | null = null;

  constructor(
    readonly id: string,
    private readonly options: QuietBoardOptions,
  ) {
    this.version = options.version;
  }

  get runs(): string {
    return this.version;
  }

  /** Boots, into what it has written or into what it has. */
  async boot(): Promise<void> {
    this.boots += 1;
    this.version = this.written ?? this.version;
    this.etag = null;
    const isNew = this.written !== null;
    this.written = null;
    if (isNew && this.options.speaks === 'script') await this.report('good');
  }

  /** What falls due: the boot into what is written, and a question. */
  async wake(): Promise<void> {
    if (this.written !== null) await this.boot();
    await (this.options.speaks === 'native' ? this.poll() : this.askForManifest());
  }

  private async poll(): Promise<void> {
    const offer = await this.ask({ mustStream: true, knownEtag: this.etag });
    if (offer.kind === 'nothing') {
      this.etag = null;
      return;
    }
    const { bundle } = offer;
    if (bundle.sha256 === this.etag) return;
    this.etag = bundle.sha256;
    const { recordProgress } = this.options.services();
    const { identity } = this;
    const payloadSizeBytes = bundle.inspection.payloadSizeBytes ?? bundle.sizeBytes;
    const readsHead = () => {
      this.read(bundle, 0, 3);
      this.read(bundle, bundle.sizeBytes - 8, bundle.sizeBytes - 1);
      this.read(bundle, payloadSizeBytes, bundle.sizeBytes - 9);
    };
    readsHead();
    const transactionId = `${this.id}-${this.boots}-${bundle.sha256.slice(0, 8)}`;
    await this.ask({ mustStream: true, knownEtag: null, transactionId });
    if (!recordProgress.hasBegun(identity, bundle, transactionId))
      await recordProgress.begin(identity, bundle, { ...this.contact(), transactionId });
    readsHead();
    this.read(bundle, 0, payloadSizeBytes - 1);
    this.written = versionOf(bundle);
    await this.ask({ mustStream: true, knownEtag: this.etag }); // half a minute after each installation
  }

  private async askForManifest(): Promise<void> {
    const offer = await this.ask({ mustStream: false, knownEtag: null });
    if (offer.kind === 'nothing' || versionOf(offer.bundle) === this.version) return;
    await this.report('downloading');
    this.read(offer.bundle, 0, offer.bundle.sizeBytes - 1);
    await this.report('installed');
    this.written = versionOf(offer.bundle);
  }

  private ask(how: {
    mustStream: boolean;
    knownEtag: string | null;
    transactionId?: string;
  }): Promise<Offer> {
    const { mustStream, knownEtag, transactionId = null } = how;
    return this.options.services().offerUpdate.ask({
      identity: this.identity,
      contact: { ...this.contact(), transactionId },
      compatible: null,
      mustStream,
      knownEtag,
    });
  }

  private read(bundle: Bundle, start: number, end: number): void {
    const { recordProgress } = this.options.services();
    const isPayload = recordProgress.ask(this.identity, bundle, { start, end });
    if (isPayload) recordProgress.sent(this.identity, bundle, end - start + 1);
    recordProgress.done(this.identity, bundle, { start, end });
  }

  private async report(state: ReportState): Promise<void> {
    const report = { state, transactionId: null, progressPercent: null, message: null };
    await this.options.services().recordReport.report(this.identity, this.contact(), report, null);
  }

  private get identity() {
    return { id: this.id, certificateSerial: this.id, compatibles: [] };
  }

  private contact(): Contact {
    const { compatible, address, now } = this.options;
    const facts: Partial<DeviceFacts> = {
      compatible,
      serial: `SN-${this.id}`,
      systemVersion: this.version,
      bootId: `${this.id}-boot-${this.boots}`,
      ...this.machineId(),
    };
    return { at: now(), address, protocol: 'h2', transactionId: null, facts };
  }

  private machineId(): Partial<DeviceFacts> {
    const { machineIdPer } = this.options;
    if (machineIdPer === null) return {};
    // A board boots into the other slot with each version.
    const part = { board: '', boot: String(this.boots), slot: String(Number.parseInt(this.version, 10) % 2) };
    const text = `${this.id} ${part[machineIdPer]}`;
    return { machineId: createHash('sha256').update(text).digest('hex').slice(0, 32) };
  }
}

function versionOf({ inspection }: Bundle): string {
  const version = inspection.manifest?.version ?? null;
  if (version === null) throw new Error('a quiet fleet has no bundles without a version');
  return version;
}
