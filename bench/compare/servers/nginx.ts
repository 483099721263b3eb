import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort, isListening } from '../../../tests/support/loopback-ports';
import { nginxConfiguration, nginxProgram } from '../../../tests/support/proxy-programs';
import { startProgram } from '../program';
import type { Certificates, Rig } from '../rig';
import { bundlePath, type Server } from './server';

const connections = 8_192;

/** nginx, serving the bundle as a file. */
export function startNginx(rig: Rig): Promise<Server> {
  return startNginxWith(rig, rig.certificates, `location = ${bundlePath} { alias ${rig.bundle.path}; }`);
}

/**
 * nginx with one worker, mutual TLS as in our device listener, and connections that stay open however much is requested
 * and however long nothing is read.
 * @param locations blocks of the server
 */
export async function startNginxWith(
  rig: Rig,
  { ca, server }: Certificates,
  locations: string,
): Promise<Server> {
  const folder = await mkdtemp(path.join(rig.folder, 'nginx-'));
  const port = await freePort();
  const configuration = nginxConfiguration(folder, {
    main: `worker_processes 1; worker_rlimit_nofile ${2 * connections};`,
    events: `worker_connections ${connections};`,
    http: `
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  send_timeout 1h;
  server {
    listen 127.0.0.1:${port} ssl http2;
    server_name localhost;
    ssl_certificate ${server.cert};
    ssl_certificate_key ${server.key};
    ssl_client_certificate ${ca};
    ssl_verify_client on;
    ssl_protocols TLSv1.2 TLSv1.3;
    ${locations}
  }`,
  });
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, configuration);
  const program = startProgram(nginxProgram, ['-e', 'stderr', '-p', folder, '-c', file], {
    core: rig.cores.server,
  });
  await program.until(() => isListening(port));
  return {
    pids: [program.pid],
    url: () => `https://localhost:${port}`,
    uploadUrl: '',
    stop: () => program.stop(),
  };
}
