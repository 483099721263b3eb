import { Fragment } from 'preact';

/** Octets with the colon after them or, without colons, four octets in a row. */
const pieces = /[0-9a-f]{2}:|[0-9a-f]{1,8}/gi;

/** A fingerprint, which is broken only between octets where a line is too short for it. Copies of it have no gaps. */
export function Fingerprint({ value }: { readonly value: string }) {
  return (
    <span class="mono">
      {(value.match(pieces) ?? [value]).map((piece, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {piece}
        </Fragment>
      ))}
    </span>
  );
}
