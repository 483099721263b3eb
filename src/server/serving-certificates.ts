import type { X509Certificate } from 'node:crypto';
import type { Config } from '../config/config';
import type { Revocation } from '../core/certificate';
import type { RefusedSubject } from '../core/connection-refusal';
import { DomainError } from '../core/errors';
import type { DeviceServer } from '../http/device/server';
import { openCertificateFolder } from '../pki/certificate-folder';
import { createDescribeRefused } from '../pki/describe-refused';
import { createJudgeDevice, type DeviceVerdict } from '../pki/judge-device';
import { inheritIssued } from '../pki/issuance';
import { rememberVerdicts } from '../pki/remembered-verdicts';
import { addRevocations } from '../pki/revocation-list';
import { coversHost } from '../pki/server-names';
import { loadServerTls, type ServerTls } from '../pki/server-tls';
import { CertificateWatcher } from '../pki/certificate-watcher';
import type { CertificateFolder, PeerCertificate, RevocationsInForce } from '../ports/certificates';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { Watch } from '../ports/watch';
import { AskedNames } from '../services/certificates/asked-names';
import type { KnownRevocations } from '../services/certificates/known-revocations';
import { ServerCertificate, type ServerCertificateStatus } from '../services/certificates/server-certificate';
import { type Chore, eachLook } from '../services/run-chores';
import type { ServerStore } from '../store/store';
import { checkServerUrl, type FoundCertificates } from './find-certificates';
import type { KnownCertificates } from './shared-certificates';

const minuteMs = 60_000;

export interface ServingCertificatesParts {
  readonly config: Config;
  readonly found: FoundCertificates;
  /** What several servers know together. */
  readonly shared: KnownCertificates | undefined;
  readonly store: Pick<ServerStore, 'askedNames' | 'journal' | 'inheritedRevocations' | 'inheritedIssuance'>;
  readonly log: Log;
  readonly now: Clock;
}

/**
 * The part of `certs/` that a running server uses: its own certificate, the CAs whose devices are let in, and the
 * revocations.
 */
export class ServingCertificates implements RevocationsInForce {
  readonly folder: CertificateFolder;
  readonly #parts: ServingCertificatesParts;
  readonly #askedNames: AskedNames;
  readonly #server: ServerCertificate<ServerTls>;
  readonly #sharedRevocations: KnownRevocations | undefined;
  #tls: ServerTls;
  #judge: (certificate: PeerCertificate) => DeviceVerdict;
  #describe: (certificate: X509Certificate) => RefusedSubject;
  #revoked: ReadonlyMap<string, Revocation>;
  #devices: Pick<DeviceServer, 'reload' | 'enforceRevocations'> | undefined;
  #watcher: CertificateWatcher | undefined;
  #sharedWatch: Watch | undefined;

  private constructor(parts: ServingCertificatesParts, askedNames: AskedNames) {
    const { config, found, shared, store, log, now } = parts;
    this.#parts = parts;
    this.#sharedRevocations = shared?.revocations;
    this.#tls = found.tls;
    this.#judge = rememberVerdicts(createJudgeDevice(found.tls, config.oldCertificates));
    this.#describe = createDescribeRefused(found.tls.ca);
    this.#revoked = bySerial(found.revocations);
    this.folder = openCertificateFolder(config.certsDir, { now, shared, isReadOnly: shared !== undefined });
    this.#askedNames = askedNames;
    this.#server = new ServerCertificate<ServerTls>({
      inUse: () => this.#tls,
      takeOver: (tls) => this.#takeOver(tls),
      renew: () => this.folder.renewServer(),
      askedNames,
      covers: coversHost,
      journal: store.journal,
      log,
      now,
    });
  }

  /** Renews the server certificate first, if it is time, unless the folder is read-only. */
  static async open(parts: ServingCertificatesParts): Promise<ServingCertificates> {
    const { store, log, now } = parts;
    const askedNames = await AskedNames.open({ records: store.askedNames, now });
    const certificates = new ServingCertificates(parts, askedNames);
    await certificates.#inherit();
    await certificates.#server.run().catch((error: unknown) => {
      log.error({ err: error }, 'cannot check the server certificate: retrying in an hour');
    });
    if (certificates.status().renewals.renewed > 0)
      certificates.#tls = await loadServerTls(parts.config.certsDir, { allowsExpired: true });
    return certificates;
  }

  get tls(): ServerTls {
    return this.#tls;
  }

  coversHost(name: string): boolean {
    return coversHost(this.#tls.names, name);
  }

  /** Notes a name that a device asked for in its TLS handshake. */
  noteName(name: string): void {
    this.#server.noteName(name);
  }

  identify(certificate: PeerCertificate): DeviceVerdict {
    return this.#judge(certificate);
  }

  describeRefused(certificate: X509Certificate): RefusedSubject {
    return this.#describe(certificate);
  }

  isRevoked(serial: string): boolean {
    return this.find(serial) !== undefined;
  }

  /** Whether the revocations in use are at most a minute old. */
  knowsRevocations(): boolean {
    return this.#sharedRevocations?.areCurrent() ?? true;
  }

  find(serial: string): Revocation | undefined {
    return this.#revoked.get(serial) ?? this.#sharedRevocations?.find(serial);
  }

  async refresh(): Promise<void> {
    await Promise.all([this.#watcher?.refreshRevocations(), this.#sharedRevocations?.all()]);
    this.#devices?.enforceRevocations();
  }

  status(): ServerCertificateStatus {
    return this.#server.status();
  }

  /** Recurring work, such as renewals. */
  chores(): readonly Chore[] {
    const ofEachNode = { runsOn: 'every-node', isWaitedFor: false, limitMs: 10 * minuteMs } as const;
    return [
      { name: 'server-certificate', everyMs: eachLook, ...ofEachNode, run: () => this.#server.run() },
      {
        name: 'asked-names',
        everyMs: minuteMs,
        retryMs: minuteMs,
        ...ofEachNode,
        run: () => this.#exchangeNames(),
      },
    ];
  }

  async #exchangeNames(): Promise<void> {
    await this.#askedNames.save();
    if (this.#sharedRevocations !== undefined) await this.#askedNames.learn();
  }

  /** From now on, applies changed files and notifies the listener. Unusable files change nothing. */
  watch(devices: Pick<DeviceServer, 'reload' | 'enforceRevocations'>): void {
    const { config, found, shared, log } = this.#parts;
    this.#devices = devices;
    const enforce = () => {
      const ended = devices.enforceRevocations();
      const revoked = this.#revoked.size + (this.#sharedRevocations?.size ?? 0);
      log.info({ revoked, ended }, 'revocations reloaded');
    };
    this.#sharedWatch = this.#sharedRevocations?.watch(enforce);
    this.#watcher = new CertificateWatcher(
      config.certsDir,
      {
        onTls: (tls) => this.#takeOver(tls),
        onRevocations: (list) => {
          this.#revoked = bySerial(list);
          enforce();
        },
        onError: (error) =>
          log.error({ err: error }, 'the new certificates are not usable: the old ones stay in use'),
      },
      { shared, initial: { tls: this.#tls, revocations: found.revocations } },
    );
  }

  async close(): Promise<void> {
    this.#watcher?.close();
    await this.#sharedWatch?.close();
    await this.#server.close();
  }

  /**
   * Takes revocations and the log over into `certs/` from a database of servers that shared them, which was moved or restored here.
   */
  async #inherit(): Promise<void> {
    const { config, store } = this.#parts;
    const issued = await store.inheritedIssuance();
    if (issued.length > 0) await inheritIssued(config.certsDir, issued);
    const revoked = await store.inheritedRevocations();
    if (revoked.length === 0) return;
    this.#revoked = bySerial(await addRevocations({ dir: config.certsDir }, revoked));
  }

  #takeOver(found: ServerTls): void {
    const { config, log, now } = this.#parts;
    refuseExpiredCa(this.#tls, found, now());
    const next = this.#server.choose(found);
    checkServerUrl(config, next);
    if (next.cert === this.#tls.cert && next.key === this.#tls.key && next.ca === this.#tls.ca) return;
    const judge = rememberVerdicts(createJudgeDevice(next, config.oldCertificates));
    this.#devices?.reload(next);
    this.#judge = judge;
    this.#describe = createDescribeRefused(next.ca);
    this.#tls = next;
    log.info({ names: next.names, notAfter: next.summary.notAfter }, 'certificates reloaded');
  }
}

function bySerial(revocations: readonly Revocation[]): ReadonlyMap<string, Revocation> {
  return new Map(revocations.map((revocation) => [revocation.serial, revocation]));
}

/** @throws DomainError `configuration`: the previous CAs stay in use */
function refuseExpiredCa(inUse: ServerTls, found: ServerTls, now: Date): void {
  if (found.caNotAfter > now || inUse.caNotAfter <= now) return;
  throw DomainError.of('ca-expired-in-use');
}
