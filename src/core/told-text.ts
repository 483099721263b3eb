/** Longer values are no facts about a device. */
export const toldMaxLength = 256;

/**
 * Whether a device can tell a text, such as the version that it runs, in a header: not empty, not too long, printable, and
 * with no blank at the ends, where headers lose it. What a device tells beside that counts as not told.
 */
export function canBeTold(text: string): boolean {
  return (
    text !== '' &&
    text.length <= toldMaxLength &&
    text.trim() === text &&
    !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text)
  );
}
