import { SendPace } from './send-pace';
import { ConnectionAccount, type DeviceAccount, type Grant, type SendMemory } from './send-memory';

/** What one answer holds of a bundle. */
export interface AnswerMemory {
  /** The connection's: all its answers go out at one pace. */
  readonly pace: SendPace;
  /**
   * Waits for its turn to read.
   * @param wantedBytes the grant may be of fewer
   * @returns `undefined` when the device is gone
   */
  take(wantedBytes: number): Promise<Grant | undefined>;
  /**
   * The bytes are on their way to the device: they are given back when the answer is over, at the latest.
   * @returns what a write calls when it is done
   */
  leaving(grant: Grant): () => void;
  /** The answer is out, or the device is gone. */
  close(): void;
}

/** What the answers on one connection hold. */
export class ConnectionMemory {
  readonly #account: ConnectionAccount;
  readonly #pace = new SendPace();
  readonly #open = new Set<AnswerMemory>();

  constructor(
    private readonly memory: SendMemory,
    device: DeviceAccount,
  ) {
    this.#account = new ConnectionAccount(device);
  }

  /** Whether an answer waits for what others on the connection hold. */
  get isWaiting(): boolean {
    return this.#account.waiting.size > 0;
  }

  open(): AnswerMemory {
    const leaving = new Set<Grant>();
    let isOver = false;
    let callOff = (): void => undefined;
    const giveBack = (grant: Grant) => {
      leaving.delete(grant);
      grant.giveBack();
    };
    const answer: AnswerMemory = {
      pace: this.#pace,
      take: (wantedBytes) =>
        new Promise((resolve) => {
          if (isOver) {
            resolve(undefined);
            return;
          }
          const leave = this.memory.ask(this.#account, wantedBytes, resolve);
          callOff = () => {
            leave();
            resolve(undefined); // without effect after a grant
          };
        }),
      leaving(grant) {
        if (isOver) grant.giveBack();
        else leaving.add(grant);
        return () => giveBack(grant);
      },
      close: () => {
        isOver = true;
        this.#open.delete(answer);
        callOff();
        for (const grant of leaving) giveBack(grant);
      },
    };
    this.#open.add(answer);
    return answer;
  }

  /** The connection is gone, and with it answers that Node says nothing more about. */
  close(): void {
    for (const answer of this.#open) answer.close();
  }
}
