/**
 * Finds a whole name in a sentence: `board-1` does not match the beginning of `board-1.2.raucb`.
 * @returns where it begins; -1 when it is missing
 */
export function findName(sentence: string, name: string): number {
  const literally = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return sentence.search(new RegExp(String.raw`(?<![\w.=:@+-])${literally}(?![\w-]|[.=:@+]\w)`));
}
