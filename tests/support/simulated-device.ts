import type { DeviceFacts } from '../../src/core/device';
import type { Offer } from '../../src/core/offer';
import type { ReportState } from '../../src/core/report';
import type { Services } from '../../src/services/services';

export interface SimulatedDeviceOptions {
  readonly compatible?: string;
  readonly version?: string;
  /** What it tells of itself beside that. */
  readonly facts?: Partial<DeviceFacts>;
  readonly address?: string;
  readonly now: () => Date;
}

/** A device as the services hear it: it polls, installs, boots and reports as RAUC and scripts do. */
export class SimulatedDevice {
  private boots = 1;
  private version: string;
  private readonly now: () => Date;

  constructor(
    private services: Pick<Services, 'offerUpdate' | 'recordReport'>,
    readonly id: string,
    private readonly options: SimulatedDeviceOptions,
  ) {
    this.version = options.version ?? '0.9.0';
    this.now = options.now;
  }

  /** Its server was started again. */
  moveTo(services: Pick<Services, 'offerUpdate' | 'recordReport'>): void {
    this.services = services;
  }

  /** Asks as RAUC's own poller does. @param transactionId what an install request carries */
  poll(transactionId: string | null = null, isRepeated = true): Promise<Offer> {
    return this.services.offerUpdate.ask({
      identity: this.identity,
      contact: { ...this.contact(), transactionId },
      compatible: null,
      mustStream: true,
      isRepeated,
    });
  }

  /** @returns what it was told of, or the reason for nothing */
  async offered(): Promise<string> {
    const offer = await this.poll();
    return offer.kind === 'bundle' ? offer.bundle.name : offer.reason;
  }

  /** Boots, into another version or the one that it has. */
  boot(version: string = this.version): void {
    this.boots += 1;
    this.version = version;
  }

  async report(state: ReportState, more: { transactionId?: string; log?: string } = {}): Promise<void> {
    const { transactionId = null, log = null } = more;
    const report = { state, transactionId, progressPercent: null, message: null };
    await this.services.recordReport.report(this.identity, this.contact(), report, log);
  }

  get identity() {
    return { id: this.id, certificateSerial: '01', compatibles: [] };
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
