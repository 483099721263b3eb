import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Node } from '../contender';
import { startProgram, wholeObject } from '../program';
import type { Rig } from '../rig';
import type { BarePorts, BareServerFiles } from './bare-server';
import type { Server } from './server';

export interface BareOptions {
  /** The core that it runs on; `null` for all cores. */
  readonly core: number | null;
  /** Where uploads go. */
  readonly uploadPath?: string;
}

/** Starts the least that Node can do. */
export async function startBare(rig: Rig, node: Node, { core, uploadPath }: BareOptions): Promise<Server> {
  const files: BareServerFiles = {
    ...rig.certificates.server,
    ca: rig.certificates.ca,
    bundle: rig.bundle.path,
    manifest: rig.manifestPath,
    upload: uploadPath ?? path.join(rig.folder, 'uploaded.raucb'),
  };
  const given = path.join(rig.folder, 'bare-server.json');
  await writeFile(given, JSON.stringify(files));
  const program = startProgram(node.program, [rig.bareProgram, given], { core });
  const ports = (await program.hear(wholeObject)) as BarePorts;
  return {
    pids: [program.pid],
    url: (protocol) => `https://localhost:${protocol === 'HTTP/1.1' ? ports.http1 : ports.http2}`,
    uploadUrl: `http://127.0.0.1:${ports.upload}/`,
    stop: () => program.stop(),
  };
}
