/** Thrown inside `src/rauc` when bytes are not a sound bundle; `inspectBundle` turns it into a finding. */
export class BrokenBundle extends Error {
  override readonly name = 'BrokenBundle';

  constructor(
    /** Stable code of the finding, such as `signature-length`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
