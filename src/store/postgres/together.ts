/**
 * Waits for statements that were sent one after the other without waiting for the answers in between. Unlike `Promise.all`, it waits for
 * all of them also when one fails, so that none is sent after the transaction was rolled back.
 * @throws what the first one that failed throws
 */
export async function together<Parts extends readonly Promise<unknown>[] | []>(
  parts: Parts,
): Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}
