import type { Bundle } from '../../src/core/bundle';
import type { DeviceFacts } from '../../src/core/device-facts';
import type { Offer } from '../../src/core/offer';
import { reportOf, type ReportState } from '../../src/core/report';
import { type DeviceServices, polled, readRange } from './device-events';

export interface SimulatedDeviceOptions {
  readonly compatible?: string;
  readonly version?: string;
  /** Further facts that it reports. */
  readonly facts?: Partial<DeviceFacts>;
  readonly address?: string;
  readonly certificateSerial?: string;
  readonly now: () => Date;
}

/** A device as the services see it: it polls, installs, boots and reports as RAUC and scripts do. */
export class SimulatedDevice {
  private boots = 1;
  private version: string;
  private readonly now: () => Date;

  constructor(
    private services: DeviceServices,
    readonly id: string,
    private readonly options: SimulatedDeviceOptions,
  ) {
    this.version = options.version ?? '0.9.0';
    this.now = options.now;
  }

  /** Its server was restarted. */
  moveTo(services: DeviceServices): void {
    this.services = services;
  }

  /**
   * Polls as RAUC's own poller does, and reads the whole payload if it installs.
   * @param transactionId sent with a request to install
   */
  async poll(transactionId: string | null = null, knownEtag: string | null = '"0"'): Promise<Offer> {
    const offer = await this.ask(transactionId, knownEtag);
    if (transactionId !== null && offer.kind === 'bundle') this.read(offer.bundle);
    return offer;
  }

  /** Begins to install, without reading the payload yet. */
  begin(transactionId: string): Promise<Offer> {
    return this.ask(transactionId, '"0"');
  }

  private ask(transactionId: string | null, knownEtag: string | null): Promise<Offer> {
    const asked = polled({ ...this.contact(), transactionId }, knownEtag);
    return this.services.deviceEvents.take(this.identity, asked);
  }

  private read(bundle: Bundle): void {
    const sizeBytes = bundle.inspection.payloadSizeBytes ?? bundle.sizeBytes;
    readRange(this.services, this.identity, bundle, { start: 0, end: sizeBytes - 1 });
  }

  /** @returns the bundle it was told of, or the reason for nothing */
  async offered(): Promise<string> {
    const offer = await this.poll();
    return offer.kind === 'bundle' ? offer.bundle.name : offer.reason;
  }

  /** Boots into another version or the current one. */
  boot(version: string = this.version): void {
    this.boots += 1;
    this.version = version;
  }

  async report(state: ReportState, more: { transactionId?: string; log?: string } = {}): Promise<void> {
    const { transactionId = null, log = null } = more;
    const told = { contact: this.contact(), transactionId, progressPercent: null, message: null, log };
    await this.services.deviceEvents.take(this.identity, reportOf(state, told));
  }

  get identity() {
    return { id: this.id, certificateSerial: this.options.certificateSerial ?? '01', compatibles: [] };
  }

  contact() {
    const { compatible = 'test-board', facts: told, address = '127.0.0.1' } = this.options;
    const facts: Partial<DeviceFacts> = {
      ...told,
      compatible,
      systemVersion: this.version,
      bootId: `${this.id}-boot-${this.boots}`,
    };
    return { at: this.now(), address, protocol: 'h2', transactionId: null, facts };
  }
}
