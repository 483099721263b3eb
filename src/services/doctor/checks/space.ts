import type { InstalledData } from '../../../ports/installed-data';
import { isDiskFull, neededRoomBytes } from '../../../core/storage-room';
import { finding } from '../../../core/reasons/doctor/sentences';
import type { Check } from '../check';
import type { Installation } from '../installation';

export interface SpacePorts {
  readonly dataDir: string;
  readonly data: Pick<InstalledData, 'measureStorage'>;
  readonly installation: Pick<Installation, 'database'>;
}

/** Room for the next upload; a full disk is an error, because no change can be saved. */
export function spaceCheck({ dataDir, data, installation }: SpacePorts): Check {
  return {
    name: 'space',
    async run(report) {
      const usage = await data.measureStorage();
      if (usage === undefined) return; // the mode check reports it
      const { freeBytes, sizes: taken } = usage;
      const database = await installation.database();
      const sizes = database.kind === 'read' ? database.bundles.map(({ sizeBytes }) => sizeBytes) : [];
      const neededBytes = neededRoomBytes(Math.max(0, ...sizes));
      if (freeBytes >= neededBytes) return;
      const room = { freeBytes, neededBytes, ...taken };
      if (isDiskFull(freeBytes)) report.error(dataDir, finding('disk-full', room));
      else report.warning(dataDir, finding('disk-short', room));
    },
  };
}
