import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { readExactlySync } from '../base/files/read-exactly';
import { giveWay } from '../base/threads/give-way';
import type { BundleAnswer, BundleRequest, BundleResults, ThreadData } from './bundle-tasks';
import { checkImages } from './check-images';
import { hashBundle } from './hash-bundle';
import { inspectBundle } from './inspect';
import { judgeSignature } from './judge-signature';
import type { BundleSource } from './source';

/** What `BundleWorker` runs in its own thread, where hostile bytes block no one else. */

const { profile } = workerData as ThreadData;

giveWay(); // a hostile bundle can keep a processor busy for seconds

parentPort?.on('message', (request: BundleRequest) => {
  void answer(request).then((message) => parentPort?.postMessage(message));
});

async function answer(request: BundleRequest): Promise<BundleAnswer> {
  const { id } = request;
  try {
    return { id, result: await perform(request) };
  } catch (error) {
    return { id, error };
  }
}

/**
 * Reads wait for the disk here; reads for devices use Node's own pool, which has four threads. Others get a turn before each read,
 * so that a small bundle does not wait for a large one to finish.
 */
function perform({ bundle, task }: BundleRequest): Promise<BundleResults[keyof BundleResults]> {
  const { descriptor, sizeBytes } = bundle;
  const source: BundleSource = {
    sizeBytes,
    async read(position, length, memory) {
      await setImmediate();
      return readExactlySync(descriptor, position, length, memory);
    },
  };
  switch (task.kind) {
    case 'inspect':
      return inspectBundle(source, profile, task.now);
    case 'judge':
      return judgeSignature(source, profile, task.now);
    case 'check-images':
      return checkImages(source, task.looked);
    case 'hash':
      return hashBundle(source);
  }
}
