import { read, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { BundleAnswer, BundleRequest, BundleResults, ThreadData } from './bundle-tasks';
import { checkImages } from './check-images';
import { inspectBundle } from './inspect';
import { judgeSignature } from './judge-signature';
import { type BundleSource, fileSource } from './source';

/** What `BundleWorker` runs in a thread of its own: hostile bytes hold up nobody there. */

const { profile } = workerData as ThreadData;
const readInto = promisify(read);

giveWay();

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

/** Reads are asynchronous, so that a small bundle does not wait for the end of a large one. */
function perform({ bundle, task }: BundleRequest): Promise<BundleResults[keyof BundleResults]> {
  const { descriptor, sizeBytes } = bundle;
  const source: BundleSource = fileSource(
    {
      read: (buffer, offset, length, position) => readInto(descriptor, buffer, offset, length, position),
    },
    sizeBytes,
  );
  switch (task.kind) {
    case 'inspect':
      return inspectBundle(source, profile, task.now);
    case 'judge':
      return judgeSignature(source, profile, task.now);
    case 'check-images':
      return checkImages(source, task.looked);
  }
}

/**
 * Devices come first: a hostile bundle may keep a processor busy for seconds. Linux has a priority for each thread, under
 * the thread's number; elsewhere nothing happens.
 */
function giveWay(): void {
  try {
    const thread = Number(path.basename(readlinkSync('/proc/thread-self')));
    if (thread > 0) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It runs as everything else does.
  }
}
