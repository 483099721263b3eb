/** More certificates than anyone renews one by one. */
const maxRemembered = 10_000;

/** Devices that connected since the start with a certificate that states no purpose. */
export class OldCertificates {
  readonly #devices = new Set<string>();

  /** Call it for each connection: a device with a newer certificate is removed. */
  note(deviceId: string, isOld: boolean): void {
    if (!isOld) this.#devices.delete(deviceId);
    else if (this.#devices.size < maxRemembered) this.#devices.add(deviceId);
  }

  /** Device ids, at most 10,000. */
  seen(): readonly string[] {
    return [...this.#devices];
  }
}
