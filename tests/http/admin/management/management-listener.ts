import { type AdminListener, type AdminListenerOptions, openAdminListener } from '../admin-listener';

/** An admin listener that demands tokens, and a script that has one. */
export interface ManagementListener extends AdminListener {
  /** Asks as a script does: with any user name, and a token as the password. */
  ask(
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    body?: object,
    secret?: string,
  ): ReturnType<AdminListener['http']['get']>;
  readonly secrets: Readonly<Record<'read' | 'publish' | 'admin', string>>;
}

export async function openManagement(options: AdminListenerOptions = {}): Promise<ManagementListener> {
  const listener = await openAdminListener({ ...options, admin: { requireToken: true, ...options.admin } });
  const { manageTokens } = listener.services;
  const secretOf = async (scope: 'read' | 'publish' | 'admin') =>
    (await manageTokens.create({ name: `script-${scope}`, scope, actor: 'test' })).secret;
  const secrets = {
    read: await secretOf('read'),
    publish: await secretOf('publish'),
    admin: await secretOf('admin'),
  };
  return Object.assign(listener, {
    secrets,
    ask(method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object, secret = secrets.admin) {
      const request = listener.http[method](`/rest/v1/${path}`).auth('DEFAULT\\anybody', secret);
      return body === undefined ? request : request.send(body);
    },
  });
}
