/** A running server's refusal, from its problem document (RFC 9457). */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';

  constructor(
    /** The server's own code; any text, since the server may be newer. */
    readonly code: string,
    message: string,
    readonly remedy: string | undefined,
    readonly details: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}
