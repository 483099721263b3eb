import type { Request } from 'express';
import type { StorageEngine } from 'multer';
import type { StagedBundle } from '../../../ports/bundle-storage';
import type { PublishBundle } from '../../../services/catalog/publish-bundle';

export interface StagingOptions {
  readonly limitBytes: number;
  readonly signal: AbortSignal;
  /** Checks the fields that came before the file. @throws DomainError */
  readonly checkFields: (fields: unknown) => void;
  /** Checks the name of the file. @throws DomainError */
  readonly checkName: (name: string) => void;
}

/** A multer storage engine that hands the stream of one upload to the incoming area, without a copy in between. */
export class StagingStorage implements StorageEngine {
  /** Why the file was refused: multer may report only a consequence of the refusal. */
  refusal: unknown;
  private staging: Promise<StagedBundle> | undefined;

  constructor(
    private readonly publishBundle: Pick<PublishBundle, 'stage'>,
    private readonly options: StagingOptions,
  ) {}

  _handleFile(
    request: Request,
    file: Express.Multer.File,
    callback: (error?: unknown, info?: Partial<Express.Multer.File>) => void,
  ): void {
    const { limitBytes, signal, checkFields, checkName } = this.options;
    try {
      checkFields(request.body);
      checkName(file.originalname);
      this.staging = this.publishBundle.stage(file.stream, { limitBytes, signal });
    } catch (error) {
      this.refusal = error;
      callback(error);
      return;
    }
    this.staging.then(
      ({ sizeBytes }) => callback(null, { size: sizeBytes }),
      (error: unknown) => {
        this.refusal = error;
        callback(error);
      },
    );
  }

  /** Staged files are discarded in one place, when the request is over. */
  _removeFile(_request: Request, _file: Express.Multer.File, callback: (error: Error | null) => void): void {
    callback(null);
  }

  /** Resolves when writing has ended; `undefined` when nothing was staged. */
  async settled(): Promise<StagedBundle | undefined> {
    try {
      return await this.staging;
    } catch {
      return undefined; // Kept in `refusal`.
    }
  }
}
