import type { KitClient, KitPolling } from '../../core/kit-polling';
import { circumstance } from '../../core/circumstances/catalogue';
import { sayWhy } from '../../core/circumstances/sentences';
import type { ReadKitText } from '../../ports/certificates';

/** What a device kit is made from. */
export interface DeviceKit {
  readonly id: string;
  /** The URL by which the device reaches the server, without a trailing slash. */
  readonly serverUrl: string;
  /** The board's compatible; `null` if the kit is for any compatible in `system.conf`. */
  readonly compatible: string | null;
  readonly polling: KitPolling;
  readonly client: KitClient;
  readonly caPem: string;
  readonly certificatePem: string;
  /** `null` if the device already has its key. */
  readonly keyPem: string | null;
}

export interface KitFile {
  /** Relative to the kit's folder. */
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** The texts and their modes. Files below `root/` go to the same place on the device. */
const texts: readonly (readonly [name: string, mode: number, source?: string])[] = [
  ['README.md', 0o644],
  ['install.sh', 0o755],
  ['root/etc/rauc/update/server.conf', 0o644],
  ['root/etc/systemd/system/rauc-update-mark-good-again.service', 0o644],
  ['root/etc/systemd/system/rauc-update-mark-good.service', 0o644],
  ['root/etc/systemd/system/rauc-update-poll.service', 0o644],
  ['root/etc/systemd/system/rauc-update-poll.timer', 0o644],
  ['root/etc/systemd/system/rauc-update-watch.service', 0o644],
  ['root/usr/local/lib/rauc-update/ask-server', 0o755],
  ['root/usr/local/lib/rauc-update/system-info', 0o755],
  ['root/usr/local/sbin/rauc-update-mark-good', 0o755],
  ['root/usr/local/sbin/rauc-update-poll', 0o755],
  ['root/usr/local/sbin/rauc-update-report', 0o755],
  ['root/usr/local/sbin/rauc-update-watch', 0o755],
  ['system.conf.d/polling.conf', 0o644],
  ['system.conf.d/streaming.conf', 0o644],
];

/** The same for `rauc-hawkbit-updater`, each with its source. */
const hawkbitTexts: readonly (readonly [name: string, mode: number, source: string])[] = [
  ...(
    [
      ['README.md', 0o644],
      ['install.sh', 0o755],
      ['root/etc/rauc-hawkbit-updater/config.conf', 0o644],
      ['root/etc/systemd/system/rauc-hawkbit-updater.service.d/rauc-simple-server.conf', 0o644],
      ['root/usr/local/lib/rauc-update/hawkbit-config', 0o755],
    ] as const
  ).map(([name, mode]) => [name, mode, `hawkbit/${name}`] as const),
  ['root/usr/local/lib/rauc-update/system-info', 0o755, 'root/usr/local/lib/rauc-update/system-info'],
];

/**
 * Only root and the group of RAUC's streaming user (`nobody`) can read the key. `install.sh` sets the group, whose number differs
 * between boards.
 */
const keyMode = 0o640;
const certificates = 'root/etc/rauc/update';

/** The files of a kit, sorted by path; the same for the same device. */
export async function listKitFiles(kit: DeviceKit, readText: ReadKitText): Promise<readonly KitFile[]> {
  const wanted = kit.client === 'hawkbit' ? hawkbitTexts : texts;
  const filled = wanted.map(async ([path, mode, source = path]) => ({
    path,
    mode,
    content: fill(kit, await readText(source)),
  }));
  return [
    ...(await Promise.all(filled)),
    ...(kit.client === 'hawkbit'
      ? systemCertificates(kit.caPem)
      : [{ path: `${certificates}/ca.crt`, mode: 0o644, content: kit.caPem }]),
    { path: `${certificates}/device.crt`, mode: 0o644, content: kit.certificatePem },
    ...(kit.keyPem === null
      ? []
      : [{ path: `${certificates}/device.key`, mode: keyMode, content: kit.keyPem }]),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** For the system's certificate store, whose tools take one certificate per file. */
function systemCertificates(caPem: string): readonly KitFile[] {
  const blocks = caPem.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block, index) => ({
    path: `root/usr/local/share/ca-certificates/rauc-simple-server-${index + 1}.crt`,
    mode: 0o644,
    content: `${block}\n`,
  }));
}

function fill(kit: DeviceKit, text: string): string {
  const values: Readonly<Record<string, string>> = {
    DEVICE_ID: kit.id,
    SERVER_URL: kit.serverUrl,
    SERVER_HOST: kit.serverUrl.replace(/^https:\/\//i, ''),
    COMPATIBLE: kit.compatible ?? '',
    POLLING: kit.polling,
    KEY: sayWhy(circumstance(kit.keyPem === null ? 'kit-without-key' : 'kit-with-key')),
  };
  return text.replaceAll(/@([A-Z_]+)@/g, (placeholder, name: string) => values[name] ?? placeholder);
}
