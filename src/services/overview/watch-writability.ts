import { isDatabaseAway } from '../../core/database-away';
import type { Log } from '../../ports/log';
import type { Writability } from '../../ports/writability';

export interface WatchWritabilityPorts {
  readonly writability: Writability;
  /** Does the work that waited for the disk. @throws the reason why it must still wait */
  readonly onHealed: () => Promise<void>;
  readonly log: Log;
}

/** Checks whether the disk takes writes again, and logs when a problem begins and ends. */
export class WritabilityWatch {
  /** The problem that was last logged; `null` when there is none. */
  #told: string | null = null;

  constructor(private readonly ports: WatchWritabilityPorts) {}

  /** Call it about once a second. @throws the error of {@link WatchWritabilityPorts.onHealed}, which is called again next time */
  async run(): Promise<void> {
    const { writability, onHealed, log } = this.ports;
    this.#tell();
    await writability.tryAgain();
    this.#tell();
    if (writability.problem() !== null || this.#told === null) return;
    await onHealed();
    this.#told = null;
    log.info({}, 'changes can be saved again');
  }

  #tell(): void {
    const problem = this.ports.writability.problem();
    if (problem === null || problem.message === this.#told) return;
    this.#told = problem.message;
    this.ports.log.error(
      { err: problem },
      `cannot save changes: ${problem.message}${isDatabaseAway(problem) ? '' : '. Devices are answered from memory'}`,
    );
  }
}
