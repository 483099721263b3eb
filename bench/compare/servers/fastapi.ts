import path from 'node:path';
import { isListening } from '../../../tests/support/loopback-ports';
import { startProgram } from '../program';
import type { Rig } from '../rig';
import { startNginxWith } from './nginx';
import { manifestPath, type Server } from './server';

/** Debian's own Python, which Debian's packages are for; PATH may find another one first. */
const python = '/usr/bin/python3';

/** Answers polls as the original server did: nginx with RSA certificates, and a small FastAPI application behind it. */
export async function startFastApi(rig: Rig): Promise<Server> {
  const socket = path.join(rig.folder, 'fastapi.sock');
  const args = ['-m', 'uvicorn', 'fastapi_server:app', '--app-dir', __dirname, '--uds', socket];
  const application = startProgram(python, [...args, '--no-access-log', '--log-level', 'warning'], {
    env: { PYTHONDONTWRITEBYTECODE: '1', MANIFEST: rig.manifestPath },
    core: rig.cores.server,
  });
  await application.until(() => isListening(socket));
  const locations = `location = ${manifestPath} { proxy_pass http://unix:${socket}; }`;
  const nginx = await startNginxWith(rig, rig.rsaCertificates, locations);
  return {
    ...nginx,
    pids: [...nginx.pids, application.pid],
    async stop() {
      await nginx.stop();
      await application.stop();
    },
  };
}
