import type { Device } from '../../core/device';
import type { NewEvent } from '../../core/event';
import type { Installation } from '../../core/installation';
import type { DeviceSight, DeviceUpdate, ReleaseNumbers } from '../../ports/device-updates';
import { type DeviceRecord, newcomer, withInstallation } from '../../core/device-record';

/** A device while an update is being decided: each step sees the result of the previous ones. */
export class DeviceDraft {
  readonly releases: ReleaseNumbers;
  readonly #before: DeviceRecord | undefined;
  readonly #nextInstallationId: () => number;
  #record: DeviceRecord | undefined;
  #device: Device | undefined;
  #seen: Device | undefined;
  #renewed: Installation | undefined;
  readonly #installations: Installation[] = [];
  readonly #events: NewEvent[] = [];

  constructor({ record, releases, nextInstallationId }: DeviceSight) {
    this.#before = record;
    this.#record = record;
    this.releases = releases;
    this.#nextInstallationId = nextInstallationId;
  }

  /** As it was before the update; `undefined` for an unknown device. */
  get before(): DeviceRecord | undefined {
    return this.#before;
  }

  /** As it is now. Register an unknown device before reading it. */
  get record(): DeviceRecord {
    if (this.#record === undefined) throw new Error('the device of this update was not registered');
    return this.#record;
  }

  /** Adds a new device. */
  register(device: Device, events: readonly NewEvent[]): void {
    this.#record = newcomer(device);
    this.tell(device, events);
  }

  /** It reported something new. */
  tell(device: Device, events: readonly NewEvent[]): void {
    this.#record = { ...this.record, device };
    this.#device = device;
    this.#events.push(...events);
  }

  /** It reported nothing new. */
  see(device: Device): void {
    this.#record = { ...this.record, device };
    if (this.#device === undefined) this.#seen = device;
    else this.#device = device;
  }

  /** Its latest installation changes. */
  change(installation: Installation, events: readonly NewEvent[]): void {
    const { record } = this;
    const before = record.installation?.id === installation.id ? record.installation : null;
    this.#record = withInstallation(record, before, installation);
    this.#installations.push(installation);
    this.#events.push(...events);
  }

  /** Its latest installation was reported again unchanged: state, attempt and message stay. */
  renew(installation: Installation): void {
    this.#record = { ...this.record, installation };
    if (this.#installations.at(-1)?.id === installation.id) this.#installations.push(installation);
    else this.#renewed = installation;
  }

  /** Another installation begins. */
  begin(make: (id: number) => Installation, tellBegun: (begun: Installation) => NewEvent): void {
    const begun = make(this.#nextInstallationId());
    this.change(begun, [tellBegun(begun)]);
  }

  /** The combined result of all steps. */
  update<Answer>(answer: Answer): DeviceUpdate<Answer> {
    return {
      answer,
      device: this.#device,
      seen: this.#seen,
      installations: this.#installations,
      renewed: this.#renewed,
      events: this.#events,
    };
  }
}
