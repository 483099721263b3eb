import { SendPace } from './send-pace';
import { ConnectionAccount, type DeviceAccount, type Grant, type SendMemory } from './send-memory';

/** The memory that one answer holds for bytes of a bundle. */
export interface AnswerMemory {
  /** The connection's pace, which all its answers share. */
  readonly pace: SendPace;
  /** @returns permission to read at once; `undefined` when the answer has to wait for it, or the device is gone */
  takeNow(wantedBytes: number): Grant | undefined;
  /**
   * Waits for its turn to read.
   * @param wantedBytes the grant may be for fewer
   * @returns `undefined` when the device is gone
   */
  take(wantedBytes: number): Promise<Grant | undefined>;
  /** A buffer for what was granted, at least as long. */
  buffer(grant: Grant): Buffer;
  /**
   * Call it when the bytes are on their way to the device. They are returned when the answer is over, at the latest.
   * @param buffer the buffer with the bytes. It is reused only after a successful write: until then others may still
   * read it
   * @returns a callback for when the write is done, or has failed
   */
  leaving(grant: Grant, buffer: Buffer): (error?: Error | null) => void;
  /** The answer has been sent, or the device is gone. */
  close(): void;
}

/** The memory that the answers on one connection hold. */
export class ConnectionMemory {
  readonly #account: ConnectionAccount;
  readonly #pace = new SendPace();
  readonly #open = new Set<AnswerMemory>();
  #isClosed = false;

  constructor(
    private readonly memory: SendMemory,
    device: DeviceAccount,
  ) {
    this.#account = new ConnectionAccount(device);
  }

  /** Whether an answer waits for memory that others on the connection hold. */
  get isWaiting(): boolean {
    return this.#account.waiting.size > 0;
  }

  open(): AnswerMemory {
    const leaving = new Set<Grant>();
    let isOver = false;
    let callOff = (): void => undefined;
    const answer: AnswerMemory = {
      pace: this.#pace,
      takeNow: (wantedBytes) => (isOver ? undefined : this.memory.takeNow(this.#account, wantedBytes)),
      take: (wantedBytes) =>
        new Promise((resolve) => {
          if (isOver) {
            resolve(undefined);
            return;
          }
          const leave = this.memory.ask(this.#account, wantedBytes, resolve);
          callOff = () => {
            leave();
            resolve(undefined); // no effect after a grant
          };
        }),
      buffer: ({ bytes }) => this.memory.buffers.take(bytes),
      leaving: (grant, buffer) => {
        if (isOver) grant.giveBack();
        else leaving.add(grant);
        return (error) => {
          if (!leaving.delete(grant)) return;
          grant.giveBack();
          if (error === undefined || error === null) this.memory.buffers.giveBack(buffer);
        };
      },
      close: () => {
        isOver = true;
        this.#open.delete(answer);
        callOff();
        for (const grant of leaving) grant.giveBack();
        leaving.clear();
      },
    };
    this.#open.add(answer);
    if (this.#isClosed) answer.close();
    return answer;
  }

  /**
   * The connection is gone, and with it its answers; Node reports nothing more about them. Later requests get nothing.
   */
  close(): void {
    this.#isClosed = true;
    for (const answer of this.#open) answer.close();
  }
}
