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
  /** Decoded on first use, which takes about as long as all else that is done for a new connection. */
  readonly x509: X509Certificate;
}

/** The certificates of this server, as people manage them. `src/pki` implements it on `certs/`. */
export interface CertificateFolder {
  createCa(request: IssueOptions & { readonly commonName?: string }): Promise<IssuedFiles>;
  /** Imports an existing CA; without `keyPem` nothing can be issued here. */
  importCa(request: ImportCaRequest): Promise<IssuedFiles>;
  createServer(request: CreateServerRequest): Promise<IssuedFiles>;
  /**
   * Renews the server's certificate in its last days, under the names and the key that it has.
   * @returns `null` when it is not time yet
   * @throws DomainError when it is time and cannot be done: with why, and what to do
   */
  renewServer(): Promise<RenewedServer | null>;
  createDevice(request: CreateDeviceRequest): Promise<IssuedFiles>;
  /** Whether the CA's key is here, so that something can be issued. */
  hasCaKey(): Promise<boolean>;
  /** The files of a device; `null` when it has no certificate here. @throws DomainError `invalid-input`, `configuration` */
  readDevice(id: string): Promise<DeviceFiles | null>;
  /**
   * What a device needs besides `ca.crt` to reach the server under a host (without brackets); `null` when there is no server
   * certificate here to check.
   * @throws DomainError `conflict` when a device could not connect, with the remedy; `configuration`
   */
  findServerTrust(host: string): Promise<ServerTrust | null>;
  /** `ca.crt`, which devices verify the server with; `null` when there is none. @throws DomainError `configuration` */
  readCa(): Promise<string | null>;
  list(): Promise<readonly ListedCertificate[]>;
  /** By device id, serial, `ca`, `server`, or path of a PEM file. @throws DomainError `not-found` */
  show(which: string): Promise<readonly ListedCertificate[]>;
  /** Chain, expiry, key match and file modes of the whole folder. */
  verify(): Promise<readonly FolderFinding[]>;
  /** Every certificate that is known. Asked again, it costs little as long as nothing has changed. */
  inventory(): Promise<CertificateInventory>;
  /** The whole list, in the order in which it grew. @throws DomainError `configuration` when it is damaged */
  revocations(): Promise<readonly Revocation[]>;
  /**
   * Revokes by a known device id (all its certificates) or serial, by any serial, or by a given certificate.
   * @returns all matching revocations, old and new; they are on the disk
   * @throws DomainError `not-found`, `invalid-input`, `configuration`, `storage-full`, `unavailable`
   */
  revoke(request: RevokeRequest): Promise<readonly Revocation[]>;
}

export interface ImportCaRequest {
  /** The CA that signs first; CAs above it are not needed. */
  readonly certificatePem: string;
  readonly keyPem?: string;
  /** Where the key was read, for the command that the reader is told to type. */
  readonly keyFile?: string;
  readonly force?: boolean;
}

/** A certificate for the server; names and ips both empty means the machine's own, where there are none to keep. */
export interface CreateServerRequest extends IssueOptions {
  readonly names: readonly string[];
  readonly ips: readonly string[];
  /** Keep what the certificate that is replaced has: its names, and an RSA key where it has one. */
  readonly keepsNames?: boolean;
  /** What devices use, such as the host of SERVER_URL: it is covered in any case. */
  readonly host?: string | undefined;
  /** Names and addresses that are not kept. */
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

/** What people mean: one of the three. */
export type RevokeRequest = { readonly reason?: string } & (
  | {
      /** A device id, or a serial: something that is known here. */
      readonly which: string;
      /** It is a serial, although a device may have it as its id. */
      readonly isSerial?: boolean;
    }
  | {
      /** In hex, whether a certificate with it was ever seen here or not. */
      readonly serial: string;
      /** Whose it is, where the caller knows and the folder does not. */
      readonly deviceId?: string;
    }
  | {
      /** The certificate itself: PEM (the first one counts) or DER. */
      readonly certificate: string | Uint8Array;
    }
);

/** The list as the device listener uses it. */
export interface RevocationsInForce {
  find(serial: string): Revocation | undefined;
  /** Uses the list as it is on the disk now. A damaged one is reported, and changes nothing. */
  refresh(): Promise<void>;
}

/** Reads a text that belongs to every kit, by its path in `bin/device-kit`. */
export type ReadKitText = (name: string) => Promise<string>;
