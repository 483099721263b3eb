import type { CertificateSort, KnownCertificate } from '../../core/certificate';

/** Sorts an inventory of tens of thousands once: until the folder changes, it is the same list. */
export function createCertificateOrder() {
  const known = new WeakMap<readonly KnownCertificate[], Map<string, readonly KnownCertificate[]>>();
  return (byDevice: readonly KnownCertificate[], sort: CertificateSort, isDescending: boolean) => {
    if (sort === 'device' && !isDescending) return byDevice;
    const orders = known.get(byDevice) ?? new Map<string, readonly KnownCertificate[]>();
    known.set(byDevice, orders);
    const key = `${sort} ${String(isDescending)}`;
    const order = orders.get(key) ?? sorted(byDevice, sort, isDescending);
    orders.set(key, order);
    return order;
  };
}

/** Equal entries keep their order. */
function sorted(
  byDevice: readonly KnownCertificate[],
  sort: CertificateSort,
  isDescending: boolean,
): readonly KnownCertificate[] {
  const sign = isDescending ? -1 : 1;
  const compare =
    sort === 'expires'
      ? (a: KnownCertificate, b: KnownCertificate) => a.notAfter.getTime() - b.notAfter.getTime()
      : (a: KnownCertificate, b: KnownCertificate) =>
          a.deviceId === b.deviceId ? 0 : a.deviceId < b.deviceId ? -1 : 1;
  return [...byDevice].sort((a, b) => sign * compare(a, b));
}
