import { everyoneAtOnce, type RolloutPolicy } from '../../src/core/rollout';
import { parseSteps } from '../../src/core/rollout-policy';
import type { BackRequest } from '../../src/services/rollouts/go-back';
import { makeBundle } from './bundle-factory';
import { RolloutFleet } from './rollout-fleet';
import { type OpenedServices, openServices } from './services';
import type { SimulatedDevice } from './simulated-device';

const place = { compatible: 'test-board', actor: 'local' };

/** A fleet that has proven a release of 1.0.0, and bundles for more releases. */
export class BackFleet {
  private constructor(
    readonly fleet: RolloutFleet,
    private opened: OpenedServices,
    public devices: readonly SimulatedDevice[],
  ) {}

  static async start(count: number, versions: readonly string[] = ['2.0.0', '3.0.0']): Promise<BackFleet> {
    const fleet = await RolloutFleet.start(count, { fleetRules: { maxTries: 6 } });
    for (const version of versions) {
      const made = await makeBundle({ version });
      await fleet.opened.publish(made.path, { name: nameOf(version) });
    }
    return new BackFleet(fleet, fleet.opened, fleet.devices);
  }

  get services() {
    return this.opened.services;
  }

  async release(version: string, policy: Partial<Omit<RolloutPolicy, 'steps'>> & { steps?: string } = {}) {
    const { steps = '100', ...rest } = policy;
    const { release } = await this.services.activateRelease.activate({
      name: nameOf(version),
      policy: { ...everyoneAtOnce, ...rest, steps: parseSteps(steps) },
      actor: 'local',
    });
    return release.id;
  }

  back(request: Partial<BackRequest> = {}) {
    return this.services.goBack.goBack({ ...place, ...request });
  }

  preview() {
    return this.services.goBack.preview(place);
  }

  /** Ids of the devices that are offered a bundle now. */
  async offered(version: string): Promise<readonly string[]> {
    const answers = await Promise.all(
      this.devices.map(async (device) => [device.id, await device.offered()] as const),
    );
    return answers.flatMap(([id, answer]) => (answer === nameOf(version) ? [id] : []));
  }

  /** These devices install their offer, and come back with a version. */
  async install(ids: readonly string[], version: string): Promise<void> {
    await this.fleet.install(
      this.devices.filter(({ id }) => ids.includes(id)),
      version,
    );
  }

  async runHousekeeping(): Promise<void> {
    this.fleet.later(6_000);
    await this.services.runHousekeeping();
  }

  /** Restarts the server, with the same devices. */
  async restart(): Promise<void> {
    await this.opened.close();
    const { dataDir } = this.opened;
    this.opened = await openServices({ dataDir, now: this.fleet.now, fleetRules: { maxTries: 6 } });
    for (const device of this.devices) device.moveTo(this.opened.services);
  }

  close(): Promise<void> {
    return this.opened.close();
  }
}

function nameOf(version: string): string {
  return `v${version[0] ?? ''}.raucb`;
}
