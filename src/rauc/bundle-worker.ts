import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../core/errors';
import type { ImageCheck } from '../core/image-check';
import type { Inspection } from '../core/inspection';
import type {
  BundleAnswer,
  BundleRequest,
  BundleResults,
  BundleTask,
  OpenBundle,
  ThreadData,
} from './bundle-tasks';
import type { Looked } from './check-images';
import type { BundleHashes } from './hash-bundle';
import type { SignatureJudgement } from './judge-signature';

export interface BundleWorkerOptions extends ThreadData {
  /** Node options for the thread; the process's own when omitted. */
  readonly execArgv?: string[];
  /** Starts a thread; a Node worker when omitted. */
  readonly startThread?: () => BundleThread;
  /** How long an idle thread may stay, because it costs memory; 30 seconds when omitted. */
  readonly idleMs?: number;
}

/** What a worker needs from its thread. */
export interface BundleThread {
  on(event: 'message', listener: (answer: BundleAnswer) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  postMessage(request: BundleRequest): void;
  /** Whether the process waits for it. */
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

/** A hostile bundle may exhaust the thread's memory, but not the machine's. */
const maxHeapMebibytes = 256;
/** Built or not, the thread's file is next to this one. */
const threadFile = path.join(__dirname, `bundle-thread${path.extname(__filename)}`);

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Inspects bundles in its own thread, so that no bundle blocks the event loop. The thread starts with the first
 * task, and ends after a while without one. All methods reject with DomainError `unavailable` when the thread ends
 * before answering, and only after it has ended: then the file can be closed.
 */
export class BundleWorker {
  #thread: { readonly worker: BundleThread; readonly waiting: Map<number, Waiting> } | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(private readonly options: BundleWorkerOptions) {}

  /** See `inspectBundle`. */
  inspect(bundle: OpenBundle, now: Date): Promise<Inspection> {
    return this.#ask(bundle, { kind: 'inspect', now });
  }

  /** See `judgeSignature`. */
  judge(bundle: OpenBundle, now: Date): Promise<SignatureJudgement> {
    return this.#ask(bundle, { kind: 'judge', now });
  }

  /**
   * See `checkImages`.
   * @param signal ends the thread and everything it does
   */
  async checkImages(bundle: OpenBundle, inspection: Looked, signal: AbortSignal): Promise<ImageCheck> {
    const { manifest, payloadSizeBytes, encrypted } = inspection;
    const task = { kind: 'check-images', looked: { manifest, payloadSizeBytes, encrypted } } as const;
    return this.#until(signal, () => this.#ask(bundle, task));
  }

  /**
   * See `hashBundle`.
   * @param signal ends the thread and everything it does
   */
  async hash(bundle: OpenBundle, signal: AbortSignal): Promise<BundleHashes> {
    return this.#until(signal, () => this.#ask(bundle, { kind: 'hash' }));
  }

  /** Ends the thread and everything it does. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  async #until<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    const end = () => void this.#end();
    signal.addEventListener('abort', end);
    try {
      return await work();
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  #ask<Kind extends BundleTask['kind']>(
    { descriptor, sizeBytes }: OpenBundle,
    task: BundleTask & { readonly kind: Kind },
  ): Promise<BundleResults[Kind]> {
    if (this.#isClosed) return Promise.reject(endedEarly(new Error('the server is stopping')));
    const { worker, waiting } = (this.#thread ??= this.#start());
    clearTimeout(this.#idle);
    worker.ref();
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve: (result) => resolve(result as BundleResults[Kind]), reject });
      const request: BundleRequest = { id, bundle: { descriptor, sizeBytes }, task };
      worker.postMessage(request);
    });
  }

  #start() {
    const worker = (this.options.startThread ?? (() => startThread(this.options)))();
    const thread = { worker, waiting: new Map<number, Waiting>() };
    let failure: unknown = new Error('its thread was stopped');
    worker.on('message', (answer: BundleAnswer) => {
      const asked = thread.waiting.get(answer.id);
      thread.waiting.delete(answer.id);
      if (thread.waiting.size === 0) this.#rest(worker);
      if ('error' in answer) asked?.reject(answer.error);
      else asked?.resolve(answer.result);
    });
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
      for (const { reject } of thread.waiting.values()) reject(endedEarly(failure));
      thread.waiting.clear();
    });
    return thread;
  }

  /** An idle thread does not keep the process alive, and ends after a while. */
  #rest(worker: BundleThread): void {
    worker.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#thread?.waiting.size === 0) void this.#end();
    }, this.options.idleMs ?? 30_000).unref();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const ended = this.#thread?.worker;
    this.#thread = undefined; // the next caller gets a new one
    await ended?.terminate();
  }
}

function startThread({ profile, execArgv }: BundleWorkerOptions): Worker {
  return new Worker(threadFile, {
    workerData: { profile } satisfies ThreadData,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMebibytes },
    ...(execArgv === undefined ? {} : { execArgv }),
  });
}

function endedEarly(cause: unknown): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return DomainError.of('bundle-check-ended-early', { why }, { cause });
}
