/** Attributes with longer names are not stored. */
export const attributeNameMaxLength = 128;
/** An attribute as people write and read it. The name has no equals sign. */
export function formatAttribute({ name, value }: { readonly name: string; readonly value: string }): string {
  return `${name}=${value}`;
}

/** Longer values are ignored. */
export const toldMaxLength = 256;

/**
 * Whether a device can send a text, such as its version, in a header: not empty, not too long, printable, and without spaces at
 * the ends, which headers drop. Anything else counts as not sent.
 */
export function canBeTold(text: string): boolean {
  return (
    text !== '' &&
    text.length <= toldMaxLength &&
    text.trim() === text &&
    !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text)
  );
}
