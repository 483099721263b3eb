import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '../../base/threads/give-way';
import { UploadFile } from './upload-file';
import type { UploadTask, UploadThreadAnswer, UploadThreadData } from './upload-tasks';

/** What `ThreadedUpload` runs in its own thread: everything in an upload that waits for the disk. */

giveWay();

const upload = new UploadFile((workerData as UploadThreadData).file);

parentPort?.on('message', (task: UploadTask) => {
  upload.perform(task, (answer) => {
    if (task.kind !== 'write') {
      tell({ answer, memory: null });
      return;
    }
    const memory = task.bytes.buffer as ArrayBuffer; // it goes back, to be filled again
    tell({ answer, memory }, [memory]);
  });
});
parentPort?.on('messageerror', (error) => {
  throw error;
});

function tell(message: UploadThreadAnswer, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}
