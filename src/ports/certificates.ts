import type { X509Certificate } from 'node:crypto';
import type {
  CertificateInventory,
  DeviceFiles,
  FolderFinding,
  IssuedFiles,
  IssueOptions,
  ListedCertificate,
  RenewedServer,
  ServerTrust,
  Revocation,
} from '../core/certificate';

export type {
  CertificateInventory,
  DeviceFiles,
  FolderFinding,
  IssuedFiles,
  IssueOptions,
  KeyType,
  KnownCertificate,
  ListedCertificate,
} from '../core/certificate';

/** The certificate that a peer has shown in its TLS handshake. */
export interface PeerCertificate {
  readonly der: Buffer;
  /** Decoded on first use: decoding takes about as long as everything else a new connection needs. */
  readonly x509: X509Certificate;
}

/** The certificates of this server, as people manage them. `src/pki` implements this on `certs/`. */
export interface CertificateFolder {
  createCa(request: IssueOptions & { readonly commonName?: string }): Promise<IssuedFiles>;
  /** Imports an existing CA; without `keyPem` nothing can be issued here. */
  importCa(request: ImportCaRequest): Promise<IssuedFiles>;
  createServer(request: CreateServerRequest): Promise<IssuedFiles>;
  /**
   * Renews the server's certificate in its last days, with the same names and key.
   * @returns `null` when renewal is not due yet
   * @throws DomainError when renewal is due but fails: says why, and what to do
   */
  renewServer(): Promise<RenewedServer | null>;
  createDevice(request: CreateDeviceRequest): Promise<IssuedFiles>;
  /** Whether the CA's key is here, which issuing needs. */
  hasCaKey(): Promise<boolean>;
  /** The files of a device; `null` when it has no certificate here. @throws DomainError `invalid-input`, `configuration` */
  readDevice(id: string): Promise<DeviceFiles | null>;
  /**
   * What a device needs besides `ca.crt` to reach the server by this host (without brackets); `null` when there is no server
   * certificate here to check.
   * @throws DomainError `conflict` when a device could not connect, with what to do; `configuration`
   */
  findServerTrust(host: string): Promise<ServerTrust | null>;
  /** `ca.crt`, with which devices verify the server; `null` when there is none. @throws DomainError `configuration` */
  readCa(): Promise<string | null>;
  list(): Promise<readonly ListedCertificate[]>;
  /** By device id, serial, `ca`, `server`, or path of a PEM file. @throws DomainError `not-found` */
  show(which: string): Promise<readonly ListedCertificate[]>;
  /** Chain, expiry, key match and file modes of the whole folder. */
  verify(): Promise<readonly FolderFinding[]>;
  /** Every known certificate. Further calls cost little as long as nothing has changed. */
  inventory(): Promise<CertificateInventory>;
  /** The whole list, oldest first. @throws DomainError `configuration` when it is damaged */
  revocations(): Promise<readonly Revocation[]>;
  /**
   * Revokes by a known device id (all its certificates) or serial, by any serial, or by a given certificate.
   * @returns all matching revocations, old and new; they are on disk
   * @throws DomainError `not-found`, `invalid-input`, `configuration`, `storage-full`, `unavailable`
   */
  revoke(request: RevokeRequest): Promise<readonly Revocation[]>;
}

export interface ImportCaRequest {
  /** The CA that signs first; CAs above it are not needed. */
  readonly certificatePem: string;
  readonly keyPem?: string;
  /** Where the key was read from, for the command that messages suggest. */
  readonly keyFile?: string;
  readonly force?: boolean;
}

/** A certificate for the server. If both names and ips are empty and there are none to keep, it gets the machine's own. */
export interface CreateServerRequest extends IssueOptions {
  readonly names: readonly string[];
  readonly ips: readonly string[];
  /** Keep the names of the certificate that is replaced, and make an RSA key if it has one. */
  readonly keepsNames?: boolean;
  /** The host that devices use, such as that of SERVER_URL. The certificate always covers it. */
  readonly host?: string | undefined;
  /** Names and addresses to leave out. */
  readonly dropNames?: readonly string[];
}

export interface CreateDeviceRequest extends IssueOptions {
  readonly id: string;
  /** A PEM or DER request for the device's own key; only the public key is taken from it. */
  readonly csrPem?: string | Uint8Array;
  readonly compatibles?: readonly string[];
  /** Where to write instead of `certs/devices`. */
  readonly outDir?: string;
}

/** What to revoke, in one of three ways. */
export type RevokeRequest = { readonly reason?: string } & (
  | {
      /** A device id or a serial that is known here. */
      readonly which: string;
      /** `which` is a serial, even if it is also the id of a device. */
      readonly isSerial?: boolean;
    }
  | {
      /** In hex. It need not belong to a certificate that was ever seen here. */
      readonly serial: string;
      /** The device it belongs to, if the caller knows it and the folder does not. */
      readonly deviceId?: string;
    }
  | {
      /** The certificate itself: PEM (the first one counts) or DER. */
      readonly certificate: string | Uint8Array;
    }
);

/** The revocation list as the device listener uses it. */
export interface RevocationsInForce {
  find(serial: string): Revocation | undefined;
  /** Reads the list from disk again. A damaged list is reported, and changes nothing. */
  refresh(): Promise<void>;
}

/** Reads a text that every kit contains, by its path in `bin/device-kit`. */
export type ReadKitText = (name: string) => Promise<string>;
