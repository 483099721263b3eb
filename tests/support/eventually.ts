import { setTimeout as delay } from 'node:timers/promises';

/**
 * Polls until a condition holds, for what another process or the kernel does in its own time.
 * @param deadlineMs ends a test that hangs; a busy machine may be slow
 */
export async function eventually(isSo: () => boolean | Promise<boolean>, deadlineMs = 90_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`it was not so within ${deadlineMs} ms`);
    await delay(10);
  }
}
