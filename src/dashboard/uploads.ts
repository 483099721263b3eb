import type { UploadJson } from '../contract/upload';
import { signal } from '@preact/signals';
import { asFailure, Failure, failureOf, unreachable } from './api/client';
import type { BundleDetailsJson } from '../contract/bundle';
import { atBase } from './base';
import { findUpload, leavesOpen } from './find-upload';
import { speedometer } from './speedometer';
import { text } from './texts';

/** `looking`: everything was sent, the answer was lost, and the page checks whether the server has the file. */
export type UploadState = 'queued' | 'sending' | 'checking' | 'looking' | 'stored' | 'failed' | 'cancelled';

/** A file being uploaded. */
export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Recent bytes per second. */
  readonly speed: number | null;
  readonly bundle: BundleDetailsJson | null;
  /** Whether the server already had the same bytes. */
  readonly wasThere: boolean;
  /** Whether the answer was lost, so that the page asked the server for the bundle. */
  readonly wasLost: boolean;
  readonly failure: Failure | null;
}

/**
 * All uploads of this visit, in the order in which they were added. They continue while the user visits other pages.
 */
export const uploads = signal<readonly Upload[]>([]);

let lastId = 0;
const requests = new Map<number, XMLHttpRequest>();

/** Whether the upload has ended. */
export const isOver = ({ state }: Upload) =>
  state === 'stored' || state === 'failed' || state === 'cancelled';
const isBusy = (upload: Upload) => !isOver(upload) && upload.state !== 'queued';

/** Adds files to the queue. Only one is sent at a time, so that the first is done soonest. */
export function addUploads(files: Iterable<File>): void {
  const added = [...files].map((file): Upload => ({
    id: ++lastId,
    file,
    state: 'queued',
    sentBytes: 0,
    totalBytes: file.size,
    speed: null,
    bundle: null,
    wasThere: false,
    wasLost: false,
    failure: null,
  }));
  uploads.value = [...uploads.value, ...added];
  sendNext();
}

export function cancelUpload(id: number): void {
  change(id, { state: 'cancelled' });
  requests.get(id)?.abort();
  sendNext();
}

export function tryAgain(id: number): void {
  change(id, { state: 'queued', failure: null, sentBytes: 0, speed: null });
  sendNext();
}

/** Removes ended uploads from the list. */
export function clearUploads(): void {
  uploads.value = uploads.value.filter((upload) => !isOver(upload));
}

/** Asks before the page is left during an upload. Call it once. */
export function guardUploads(): void {
  addEventListener('beforeunload', (event) => {
    if (!uploads.value.every(isOver)) event.preventDefault();
  });
}

function change(id: number, changes: Partial<Upload>): void {
  uploads.value = uploads.value.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload));
}

function sendNext(): void {
  if (uploads.value.some(isBusy)) return;
  const next = uploads.value.find(({ state }) => state === 'queued');
  if (next !== undefined) void send(next);
}

type UploadAnswer = Pick<UploadJson, 'bundle' | 'created'>;

/** `fetch` does not report how much was sent; the older interface does. */
async function send({ id, file }: Upload): Promise<void> {
  const request = new XMLHttpRequest();
  requests.set(id, request);
  change(id, { state: 'sending' });
  try {
    const { bundle, created } = await new Promise<UploadAnswer>((resolve, reject) => {
      const speedOf = speedometer();
      request.upload.onprogress = ({ loaded, total }) => {
        change(id, { sentBytes: loaded, totalBytes: total, speed: speedOf(loaded) });
      };
      request.upload.onload = () => change(id, { state: 'checking' });
      request.onload = () => {
        const answer = request.status < 300 ? answerOf(request.responseText) : null;
        const server = request.getResponseHeader('Server');
        if (answer === null) reject(failureOf(request.status, request.responseText, server));
        else resolve(answer);
      };
      request.onerror = () => reject(stateOf(id) === 'sending' ? cutOff() : unreachable());
      request.onabort = () => reject(new DOMException('', 'AbortError'));
      const body = new FormData();
      body.append('bundle', file);
      request.open('POST', atBase('/upload'));
      request.setRequestHeader('Accept', 'application/json');
      request.send(body);
    });
    change(id, { state: 'stored', bundle, wasThere: !created });
  } catch (error) {
    await settle(id, file, asFailure(error));
  }
  requests.delete(id);
  sendNext();
}

/** An upload without success: cancelled, failed, or sent completely with its answer lost. */
async function settle(id: number, file: File, failure: Failure): Promise<void> {
  if (stateOf(id) === 'cancelled') return;
  if (stateOf(id) !== 'checking' || !leavesOpen(failure)) {
    change(id, { state: 'failed', failure });
    return;
  }
  change(id, { state: 'looking' });
  const bundle = await findUpload(file);
  if (bundle !== null) change(id, { state: 'stored', bundle, wasLost: true });
  else change(id, { state: 'failed', failure: notFound(failure) });
}

function notFound({ message, status, code, remedy }: Failure): Failure {
  return new Failure(text.bundles.notFound(message), status, code, remedy);
}

function cutOff(): Failure {
  return new Failure(text.bundles.cutOff, 0, 'unreachable', text.bundles.cutOffRemedy);
}

function stateOf(id: number): UploadState | undefined {
  return uploads.value.find((upload) => upload.id === id)?.state;
}

/** `null` for an answer that is not this server's, such as a proxy's page. */
function answerOf(body: string): UploadAnswer | null {
  try {
    return JSON.parse(body) as UploadAnswer;
  } catch {
    return null;
  }
}
