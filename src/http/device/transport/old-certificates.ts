/** More than people renew one by one. */
const maxRemembered = 10_000;

/** Which devices came with a certificate that does not say what it is for, since the start. */
export class OldCertificates {
  readonly #devices = new Set<string>();

  /** Of each connection: whoever comes with a newer certificate is no longer one of them. */
  note(deviceId: string, isOld: boolean): void {
    if (!isOld) this.#devices.delete(deviceId);
    else if (this.#devices.size < maxRemembered) this.#devices.add(deviceId);
  }

  /** Ids; at most 10,000. */
  seen(): readonly string[] {
    return [...this.#devices];
  }
}
