/**
 * Finds a name in a sentence as a whole: `board-1` is not the beginning of `board-1.2.raucb`.
 * @returns where it begins; -1 when it is not there
 */
export function findName(sentence: string, name: string): number {
  const literally = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return sentence.search(new RegExp(String.raw`(?<![\w.=:@+-])${literally}(?![\w-]|[.=:@+]\w)`));
}
