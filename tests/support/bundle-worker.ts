import path from 'node:path';
import { BundleWorker } from '../../src/rauc/bundle-worker';
import type { VerificationProfile } from '../../src/rauc/profile';

const workers = new Set<BundleWorker>();

afterEach(async () => {
  await Promise.all([...workers].map((worker) => worker.close()));
  workers.clear();
});

/**
 * A worker of the server, run from source; it is closed after the test.
 * @param preloaded files of this folder that its thread loads first
 */
export function startWorker(profile: VerificationProfile, preloaded: readonly string[] = []): BundleWorker {
  const files = ['typescript-hook.js', ...preloaded];
  const execArgv = files.flatMap((file) => ['-r', path.join(__dirname, file)]);
  const worker = new BundleWorker({ profile, execArgv });
  workers.add(worker);
  return worker;
}
