import type { Readable } from 'node:stream';
import type { ImageCheck } from '../../core/image-check';
import type { Diagnosis } from '../../core/doctor';
import type { Inspection } from '../../core/inspection';
import type { Backups } from '../../ports/backups';
import type { CertificateFolder, ReadKitText } from '../../ports/certificates';
import type { Moved, MoveRequest } from '../../ports/moves';
import type { CheckProgress } from '../../services/doctor/examine-installation';
import type { ManageTokens } from '../../services/access/manage-tokens';
import type { Config } from '../../config/config';

/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The streams of a command: replaced in tests, and never bypassed through `process`. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface RunningServer {
  /** For people: URLs, names, paths. */
  readonly adminUrl: string;
  readonly deviceUrl: string;
  /** `null` when that listener is off. */
  readonly hawkbitUrl: string | null;
  readonly certificateNames: readonly string[];
  /** What was created because it was missing, as sentences. */
  readonly made: readonly string[];
  /** What someone should fix, each with the command for it. */
  readonly warnings: readonly string[];
  /** Whether people on the admin listener need a token and none exists. */
  readonly lacksToken: boolean;
  /** Records an uncaught exception: in the log, and for the next start. The process must end then. */
  crashed(error: unknown): void;
  /**
   * Resolves when everything is closed.
   * @param graceMs how long running requests may continue; default: as configured
   */
  close(graceMs?: number): Promise<void>;
}

/** What the composition root gives the commands. */
export interface Wiring {
  /** @throws DomainError `configuration` */
  serve(config: Config): Promise<RunningServer>;
  certificates(config: Config): CertificateFolder;
  readonly kitText: ReadKitText;
  /** Opens the database for token commands; `close` it afterwards. */
  tokens(config: Config): Promise<ManageTokens & { close(): void | Promise<void> }>;
  readonly backups: Backups;
  /**
   * Copies a stopped installation, and leaves the original unchanged. Rows are copied completely or not at all, and bundles that were
   * copied before are not copied again, so a killed move continues when it is run again. The configuration says how to reach object
   * stores.
   * @throws DomainError `configuration` while a server runs on either place, `conflict` when the new place has anything else,
   * `bundle-broken`, `not-found`, `storage-full`, `unavailable`
   */
  move(config: Config, request: MoveRequest): Promise<Moved>;
  /** Examines the configured installation, and changes nothing. */
  doctor(
    config: Config,
    request: {
      /** Skips the checks that read every byte of every bundle. */
      readonly isQuick: boolean;
      readonly onProgress: (progress: CheckProgress) => void;
    },
  ): Promise<Diagnosis>;
  /** Inspects a bundle file under the configured profile, offline. */
  inspect(path: string, config: Config): Promise<Inspection>;
  /** Hashes the images of an inspected bundle file and compares them with its manifest. */
  checkImages(
    path: string,
    inspection: Inspection,
    onProgress: (doneBytes: number, totalBytes: number) => void,
  ): Promise<ImageCheck>;
}
