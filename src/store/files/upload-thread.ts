import { parentPort } from 'node:worker_threads';
import { giveWay } from '../../base/threads/give-way';
import { UploadFile } from './upload-file';
import type { UploadTask, UploadThreadAnswer, UploadThreadTask } from './upload-tasks';

/** What `UploadWorker` runs in its own thread: everything in an upload that waits for the disk. One upload follows another. */

giveWay();

let upload: UploadFile | null = null;

parentPort?.on('message', (task: UploadThreadTask) => {
  if (task.kind === 'begin') upload = new UploadFile(task.file);
  else perform(task);
});
parentPort?.on('messageerror', (error) => {
  throw error;
});

function perform(task: UploadTask): void {
  if (upload === null) throw new Error('no upload has begun');
  upload.perform(task, (answer) => {
    if (task.kind !== 'write') {
      tell({ answer, memory: null });
      return;
    }
    const memory = task.bytes.buffer as ArrayBuffer; // it goes back, to be filled again
    tell({ answer, memory }, [memory]);
  });
}

function tell(message: UploadThreadAnswer, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}
