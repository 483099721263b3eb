import type { StorageSizes } from '../../storage-room';
import { mebibytes, spaceRemedy, spaceTakers } from '../storage-words';
import type { Findings } from './doctor-words';

const setClock = 'Set the clock (timedatectl shows whether it is synchronised), then restart the server.';

interface Room extends StorageSizes {
  freeBytes: number;
  neededBytes: number;
}

function room(facts: Room): string {
  const { freeBytes, neededBytes } = facts;
  return `${mebibytes(freeBytes)} free; the next upload and the database need ${mebibytes(neededBytes)}. ${spaceTakers(facts)}`;
}

/** Findings about the machine and its programs. Times are in ISO 8601, UTC. */
export const machineFindings = {
  'node-too-old': {
    says: ({ node }: { node: string; oldest: string }) => `it is ${node}`,
    remedy: ({ oldest }: { oldest: string }) => `Install Node.js ${oldest} or later.`,
  },
  'server-of-another-version': {
    says: ({ running, own }: { running: string; own: string }) =>
      `the running server is version ${running}, and this program is ${own}`,
    remedy: "Restart the server, or run the doctor of the server's version.",
  },
  'disk-full': {
    says: (facts: Room) => `the disk is full, so the server cannot save changes: ${room(facts)}`,
    remedy: (facts: Room) => spaceRemedy(facts),
  },
  'disk-short': {
    says: (facts: Room) => room(facts),
    remedy: (facts: Room) => spaceRemedy(facts),
  },
  'clock-never-set': {
    says: ({ at }: { at: string }) => `it says ${at}`,
    remedy: setClock,
  },
  'clock-behind-journal': {
    says: ({ at, last }: { at: string; last: string }) =>
      `it says ${at}, but the last line of the journal is from ${last}`,
    remedy: `${setClock} If the clock was wrong then and is right now, ignore this.`,
  },
} satisfies Findings;
