import type { X509Certificate } from 'node:crypto';
import type { Config } from '../config/config';
import type { Revocation } from '../core/certificate';
import { DomainError } from '../core/errors';
import type { DeviceServer } from '../http/device/server';
import { ensureCertificates } from '../pki/ensure-certificates';
import { createJudgeDevice, type DeviceVerdict } from '../pki/judge-device';
import { findOpenKeys } from '../pki/key-modes';
import { readRevocations } from '../pki/revocation-list';
import { coversHost } from '../pki/server-names';
import { loadServerTls, type ServerTls } from '../pki/server-tls';
import { type CertificateWatcher, watchCertificates } from '../pki/watch-certificates';
import type { RevocationsInForce } from '../ports/certificates';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';

/** What the server runs with of `certs/`: its own certificate, whose devices are let in, and which ones are revoked. */
export class ServingCertificates implements RevocationsInForce {
  #tls: ServerTls;
  #judge: (certificate: X509Certificate) => DeviceVerdict;
  #revoked: ReadonlyMap<string, Revocation>;
  #watcher: CertificateWatcher | undefined;

  private constructor(
    private readonly config: Config,
    private readonly log: Log,
    tls: ServerTls,
    private readonly revocations: readonly Revocation[],
    /** What was made because it was missing, as sentences. */
    readonly made: readonly string[],
    /** Keys that others may read, each with the command that mends it. */
    readonly warnings: readonly string[],
  ) {
    this.#tls = tls;
    this.#judge = createJudgeDevice(tls, config.oldCertificates);
    this.#revoked = bySerial(revocations);
  }

  /** Reads the folder, and makes what is missing. @throws DomainError `configuration` */
  static async open(
    config: Config,
    { log, now }: { readonly log: Log; readonly now: Clock },
  ): Promise<ServingCertificates> {
    const { certsDir, serverUrl } = config;
    const hosts = serverUrl === null ? [] : [new URL(serverUrl).hostname];
    const made = await ensureCertificates(certsDir, { hosts, now });
    const tls = await loadServerTls(certsDir);
    checkServerUrl(config, tls);
    const warnings = await warnOfOpenKeys(certsDir, log);
    return new ServingCertificates(config, log, tls, await readRevocations(certsDir), made, warnings);
  }

  get tls(): ServerTls {
    return this.#tls;
  }

  coversHost(name: string): boolean {
    return coversHost(this.#tls.names, name);
  }

  identify(certificate: X509Certificate): DeviceVerdict {
    return this.#judge(certificate);
  }

  isRevoked(serial: string): boolean {
    return this.#revoked.has(serial);
  }

  find(serial: string): Revocation | undefined {
    return this.#revoked.get(serial);
  }

  async refresh(): Promise<void> {
    await this.#watcher?.refreshRevocations();
  }

  /** From now on changed files are taken over, and the listener hears of them. What is not usable changes nothing. */
  watch(devices: Pick<DeviceServer, 'reload' | 'enforceRevocations'>): void {
    const { config, log, revocations } = this;
    this.#watcher = watchCertificates(
      config.certsDir,
      {
        onTls: (changed) => {
          checkServerUrl(config, changed);
          const judge = createJudgeDevice(changed, config.oldCertificates);
          devices.reload(changed);
          this.#judge = judge;
          this.#tls = changed;
          log.info({ names: changed.names, notAfter: changed.summary.notAfter }, 'certificates taken over');
        },
        onRevocations: (list) => {
          this.#revoked = bySerial(list);
          const ended = devices.enforceRevocations();
          log.info({ revoked: this.#revoked.size, ended }, 'revocations taken over');
        },
        onError: (error) =>
          log.error({ err: error }, 'new certificates are not usable: the old ones stay in use'),
      },
      { initial: { tls: this.#tls, revocations } },
    );
  }

  close(): void {
    this.#watcher?.close();
  }
}

function bySerial(revocations: readonly Revocation[]): ReadonlyMap<string, Revocation> {
  return new Map(revocations.map((revocation) => [revocation.serial, revocation]));
}

/** A key that others may read is still the key: the start says it, and goes on. */
async function warnOfOpenKeys(certsDir: string, log: Log): Promise<readonly string[]> {
  const findings = await findOpenKeys(certsDir);
  for (const { path: key, remedy } of findings) {
    log.warn({ key, remedy }, 'others than its owner may read this key');
  }
  return findings.map(({ path: key, message, remedy }) => `${key}: ${message}. Run: ${remedy}`);
}

/** @throws DomainError `configuration` */
function checkServerUrl({ serverUrl }: Config, { names }: ServerTls): void {
  if (serverUrl === null || coversHost(names, new URL(serverUrl).hostname.replace(/^\[|\]$/g, ''))) return;
  const { hostname } = new URL(serverUrl);
  throw new DomainError(
    'configuration',
    `the server certificate does not cover ${hostname}, the host of SERVER_URL`,
    {
      remedy: `It covers ${names.join(', ')}. Make a new one: rauc-simple-server cert server --name ${hostname} --force`,
    },
  );
}
