import type { Contender } from '../contender';
import type { Rig } from '../rig';
import type { Server } from './server';
import { startServer } from './start-server';

/** One server per contender for all cases that measure CPU time: it does a bit of everything, as in real life. */
export class SharedServers {
  readonly #started = new Map<Contender, Promise<Server>>();

  /** Starts it on first use; it runs until the benchmark ends. */
  of(contender: Contender, rig: Rig): Promise<Server> {
    const running = this.#started.get(contender) ?? startServer(contender, rig);
    this.#started.set(contender, running);
    return running;
  }
}
