import { createHash } from 'node:crypto';
import type { Bundle } from '../../src/core/bundle';
import type { Contact } from '../../src/core/contact';
import type { Asked } from '../../src/core/device-event';
import type { DeviceFacts } from '../../src/core/device-facts';
import type { Offer } from '../../src/core/offer';
import { reportOf, type ReportState } from '../../src/core/report';
import { askedForManifest, type DeviceServices, polled, readRange } from './device-events';

export interface QuietBoardOptions {
  readonly compatible: string;
  readonly version: string;
  /** What polls: RAUC's own poller, or a script that reads the manifest and reports. */
  readonly speaks: 'native' | 'script';
  /** When its machine-id changes; `null`: it has none. */
  readonly machineIdPer: 'board' | 'boot' | 'slot' | null;
  readonly address: string;
  /** The current services. */
  readonly services: () => DeviceServices;
  readonly now: () => Date;
}

/** A board that does everything right, as the services see it: it polls, installs, boots and works. */
export class QuietBoard {
  private boots = 1;
  private version: string;
  /** Written, but not yet booted. */
  private written: string | null = null;
  /** ETag of the bundle that RAUC's poller has seen; kept only in memory. */
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

  /** Boots into what it has written, or else into what it has. */
  async boot(): Promise<void> {
    this.boots += 1;
    this.version = this.written ?? this.version;
    this.etag = null;
    const isNew = this.written !== null;
    this.written = null;
    if (isNew && this.options.speaks === 'script') await this.report('good');
  }

  /** Does what is due: boots into what is written, and polls. */
  async wake(): Promise<void> {
    if (this.written !== null) await this.boot();
    await (this.options.speaks === 'native' ? this.poll() : this.askForManifest());
  }

  private async poll(): Promise<void> {
    const offer = await this.ask(polled(this.contact(), this.etag));
    if (offer.kind === 'nothing') {
      this.etag = null;
      return;
    }
    const { bundle } = offer;
    if (bundle.sha256 === this.etag) return;
    this.etag = bundle.sha256;
    const { bundleAccess, deviceEvents } = this.options.services();
    const { identity } = this;
    const payloadSizeBytes = bundle.inspection.payloadSizeBytes ?? bundle.sizeBytes;
    const readsHead = () => {
      this.read(bundle, 0, 3);
      this.read(bundle, bundle.sizeBytes - 8, bundle.sizeBytes - 1);
      this.read(bundle, payloadSizeBytes, bundle.sizeBytes - 9);
    };
    readsHead();
    const transactionId = `${this.id}-${this.boots}-${bundle.sha256.slice(0, 8)}`;
    await this.ask(polled({ ...this.contact(), transactionId }, null));
    if (!(await bundleAccess.hasBegun(identity, bundle, transactionId))) {
      const contact = { ...this.contact(), transactionId };
      await deviceEvents.take(identity, { kind: 'began', by: 'request', contact, bundle });
    }
    readsHead();
    this.read(bundle, 0, payloadSizeBytes - 1);
    this.written = versionOf(bundle);
    await this.ask(polled(this.contact(), this.etag)); // half a minute after each installation
  }

  private async askForManifest(): Promise<void> {
    const offer = await this.ask(askedForManifest(this.contact()));
    if (offer.kind === 'nothing' || versionOf(offer.bundle) === this.version) return;
    await this.report('downloading');
    this.read(offer.bundle, 0, offer.bundle.sizeBytes - 1);
    await this.report('installed');
    this.written = versionOf(offer.bundle);
  }

  private ask(asked: Asked): Promise<Offer> {
    return this.options.services().deviceEvents.take(this.identity, asked);
  }

  private read(bundle: Bundle, start: number, end: number): void {
    readRange(this.options.services(), this.identity, bundle, { start, end });
  }

  private async report(state: ReportState): Promise<void> {
    const told = { contact: this.contact(), transactionId: null, progressPercent: null, message: null };
    await this.options.services().deviceEvents.take(this.identity, reportOf(state, { ...told, log: null }));
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
