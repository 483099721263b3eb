import { homedir } from 'node:os';
import path from 'node:path';

/** Debian's nginx, HAProxy, Caddy and PgBouncer, where tests/setup.sh installs them. */
const programs = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'rauc-simple-server/proxies/usr',
);

export const nginxProgram = path.join(programs, 'sbin/nginx');
export const haproxyProgram = path.join(programs, 'sbin/haproxy');
export const caddyProgram = path.join(programs, 'bin/caddy');
export const pgbouncerProgram = path.join(programs, 'sbin/pgbouncer');

export interface NginxBlocks {
  /** Lines of the main block. */
  readonly main?: string;
  /** Lines of the `events` block. */
  readonly events?: string;
  /** Lines of the `http` block. */
  readonly http: string;
}

/** A configuration that keeps nginx in the foreground and its files inside a folder. */
export function nginxConfiguration(folder: string, { main = '', events = '', http }: NginxBlocks): string {
  const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  // If nginx runs as root, its workers switch to another user, who cannot access the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `daemon off; pid ${folder}/nginx.pid; error_log stderr; ${user} ${main}
events { ${events} }
http { access_log off; ${kept.join(' ')}
${http}
}`;
}
