import { type Element, expectTag, misplaced } from './element';
import { tags } from './tags';

/** The fields of a SEQUENCE, taken from the front, each in its place. All methods throw Malformed. */
export class Fields {
  private readonly left: Element[];

  /** @param tag its tag, if it is not that of a SEQUENCE */
  constructor(sequence: Element | undefined, tag: number = tags.sequence) {
    this.left = expectTag(sequence, tag).members();
  }

  /** The next field, which must exist and have one of these tags. */
  take(...allowed: readonly number[]): Element {
    const field = this.left.shift();
    if (field === undefined || !allowed.includes(field.tag)) throw misplaced();
    return field;
  }

  /** The next field, if it has one of these tags. */
  takeIf(...allowed: readonly number[]): Element | undefined {
    const [next] = this.left;
    return next !== undefined && allowed.includes(next.tag) ? this.left.shift() : undefined;
  }

  /** The next field, whatever it is. */
  takeAny(): Element | undefined {
    return this.left.shift();
  }

  /** No field may be left. */
  end(): void {
    if (this.left.length > 0) throw misplaced();
  }
}
