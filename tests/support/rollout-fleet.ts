import { everyoneAtOnce, type RolloutPolicy } from '../../src/core/rollout';
import { parseSteps } from '../../src/core/rollout-policy';
import { makeBundle } from './bundle-factory';
import { type OpenedServices, openServices, type OpenServicesOptions } from './services';
import { SimulatedDevice } from './simulated-device';

/** A fleet that was heard running 0.9.0, followed by a release of 1.0.0 with a policy. */
export class RolloutFleet {
  private constructor(
    readonly opened: OpenedServices,
    readonly devices: readonly SimulatedDevice[],
    /** The released bundle. */
    readonly bundlePath: string,
    private readonly clock: { at: Date },
  ) {}

  static async start(count: number, options: Omit<OpenServicesOptions, 'now'> = {}): Promise<RolloutFleet> {
    const clock = { at: new Date('2026-11-02T12:00:00Z') };
    const opened = await openServices({ ...options, now: () => clock.at });
    const devices = Array.from(
      { length: count },
      (_, index) => new SimulatedDevice(opened.services, `dev-${index}`, { now: () => clock.at }),
    );
    for (const device of devices) await device.poll();
    const made = await makeBundle({ version: '1.0.0' });
    await opened.publish(made.path, { name: 'v1.raucb' });
    return new RolloutFleet(opened, devices, made.path, clock);
  }

  /** Opens the same folder in a new server, an hour later. The devices are from before, and talk to the old one. */
  async openAgain(): Promise<RolloutFleet> {
    const clock = { at: new Date(this.clock.at.getTime() + 3_600_000) };
    const opened = await openServices({ dataDir: this.opened.dataDir, now: () => clock.at });
    return new RolloutFleet(opened, this.devices, this.bundlePath, clock);
  }

  async release(policy: Partial<Omit<RolloutPolicy, 'steps'>> & { steps?: string }): Promise<number> {
    const { steps = '100', ...rest } = policy;
    const { release } = await this.opened.services.activateRelease.activate({
      name: 'v1.raucb',
      policy: { ...everyoneAtOnce, ...rest, steps: parseSteps(steps) },
      actor: 'local',
    });
    return release.id;
  }

  readonly now = (): Date => this.clock.at;

  /** @param ms negative sets the clock back */
  later(ms: number): void {
    this.clock.at = new Date(this.clock.at.getTime() + ms);
  }

  /** What all devices are told now. */
  async ask(): Promise<ReadonlyMap<string, string>> {
    return new Map(
      await Promise.all(this.devices.map(async (one) => [one.id, await one.offered()] as const)),
    );
  }

  async offeredTo(): Promise<readonly SimulatedDevice[]> {
    const answers = await this.ask();
    return this.devices.filter(({ id }) => answers.get(id) === 'v1.raucb');
  }

  /** The devices install their offer, boot, and come back with a version. */
  async install(devices: readonly SimulatedDevice[], version: string): Promise<void> {
    for (const device of devices) {
      await device.poll(`t-${device.id}`);
      device.boot(version);
      await device.poll();
    }
  }

  async runHousekeeping(): Promise<void> {
    this.later(6_000); // counts may be that old
    await this.opened.services.runHousekeeping();
  }

  rollout(id: number) {
    return this.opened.services.manageRollouts.get(id).rollout;
  }

  async lines(kind: string) {
    return (await this.opened.services.readJournal.search({ kinds: [kind] }, { limit: 1_000 })).events;
  }

  close(): Promise<void> {
    return this.opened.close();
  }
}
