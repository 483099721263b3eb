import type { AnswerMemory } from './answer-memory';
import type { Connection } from './connections';

/** The end of an answer: it has been sent, or the device is gone. */
export class AnswerEnd {
  readonly #callbacks: (() => void)[] = [];
  #memory: AnswerMemory | undefined;
  #isOver = false;

  constructor(private readonly connection: Pick<Connection, 'memory'>) {}

  /** The memory of the answer, opened on first use: most answers need none. */
  get memory(): AnswerMemory {
    if (this.#memory !== undefined) return this.#memory;
    this.#memory = this.connection.memory.open();
    if (this.#isOver) this.#memory.close();
    return this.#memory;
  }

  /** Calls back once, at the end. */
  onClose(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  /** The answer has ended. */
  close(): void {
    this.#isOver = true;
    this.#memory?.close();
    for (const callback of this.#callbacks) callback();
  }
}
