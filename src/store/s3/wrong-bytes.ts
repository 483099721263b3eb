/** What the object store returned is not what was stored. */
export class WrongBytes extends Error {
  constructor(readonly sha256: string) {
    super(`the object store returned wrong bytes of ${sha256}`);
    this.name = 'WrongBytes';
  }
}
