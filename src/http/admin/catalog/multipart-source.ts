import { PassThrough } from 'node:stream';
import type { Request } from 'express';

/**
 * The request's body as multer reads it. Multer reports an error only after it has read the rest of the request, which
 * may be gigabytes, but it unpipes its parser first. Unpiping ends this stream at once; the request itself stays open
 * for the answer.
 */
export class MultipartSource extends PassThrough {
  readonly headers: Request['headers'];
  /** Where multer puts the text fields. */
  body: unknown;
  /** Where multer puts the file. */
  file: Express.Multer.File | undefined;

  constructor(private readonly request: Request) {
    super();
    this.headers = request.headers;
    request.pipe(this);
    request.once('close', this.onRequestClose);
    this.once('close', () => {
      request.off('close', this.onRequestClose);
      request.unpipe(this);
    });
  }

  private readonly onRequestClose = (): void => {
    // A cut connection is an error for the parser: what has arrived so far is not a bundle.
    if (!this.request.readableEnded) this.destroy(new Error('the connection was closed'));
  };

  override unpipe(destination?: NodeJS.WritableStream): this {
    super.unpipe(destination);
    this.destroy();
    return this;
  }
}
