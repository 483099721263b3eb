import { parentPort } from 'node:worker_threads';
import { giveWay } from '../../base/threads/give-way';
import { UploadFile } from './upload-file';
import { UploadHashes } from './upload-hashes';
import type { UploadAnswer, UploadJob, UploadThreadTask } from './upload-tasks';

/** Runs in the thread of `UploadWorker`: the parts of an upload that wait for the disk or compute. Takes one upload after another. */

giveWay();

let job: UploadJob | null = null;

parentPort?.on('message', (task: UploadThreadTask) => {
  if (task.kind === 'begin') {
    job = task.role === 'weak-hashes' ? new UploadHashes() : new UploadFile(task.role.file);
    return;
  }
  if (job === null) throw new Error('no upload has begun');
  job.perform(task, tell);
});
parentPort?.on('messageerror', (error) => {
  throw error;
});

function tell(answer: UploadAnswer): void {
  parentPort?.postMessage(answer);
}
