import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { PollCost } from './polls';

/** What {@link SecondNode} asks its process to do. */
export type Order = { readonly poll: number } | { readonly awaitReleaseOf: string };
/** What the process answers. */
export type Report = PollCost | { readonly atMs: number };

/** A second server on the same database, in its own process. */
export class SecondNode {
  private constructor(private readonly child: ChildProcess) {}

  /** @param dataDir its own; the bundles are not in it, because nobody reads them */
  static async start(url: string, dataDir: string): Promise<SecondNode> {
    const hook = path.join(__dirname, '../../tests/support/typescript-hook.js');
    const child = fork(path.join(__dirname, 'second-node-process.ts'), [url, dataDir], {
      execArgv: ['-r', hook],
    });
    await messageOf(child);
    return new SecondNode(child);
  }

  /** Polls as many devices as there are, at the same time as this process does. */
  poll(devices: number): Promise<PollCost> {
    return this.#order<PollCost>({ poll: devices });
  }

  /**
   * Waits until the second server knows the release of a bundle.
   * @returns when, in milliseconds since 1970
   */
  async knowsReleaseOf(bundle: string): Promise<number> {
    return (await this.#order<{ readonly atMs: number }>({ awaitReleaseOf: bundle })).atMs;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  async #order<Answer extends Report>(order: Order): Promise<Answer> {
    const answered = messageOf(this.child);
    this.child.send(order);
    return (await answered) as Answer;
  }
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const gone = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('the second server has ended');
  });
  const [message] = (await Promise.race([once(child, 'message'), gone])) as [unknown];
  gone.catch(() => undefined);
  ended.abort();
  return message;
}
