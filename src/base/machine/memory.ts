import { totalmem } from 'node:os';

/** The memory of the machine, or of the container in which the process runs. */
export function machineMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
