import type { Http2SecureServer } from 'node:http2';
import { DomainError } from '../../../core/errors';

/** @throws DomainError `configuration` when the address cannot be used */
export function listen(
  listener: Http2SecureServer,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      reject(
        new DomainError(
          'configuration',
          `the device listener can't use ${host} port ${port}: ${cause.message}`,
          {
            cause,
            remedy: 'Stop what uses it, or choose others with DEVICE_HOST and DEVICE_PORT.',
          },
        ),
      );
    };
    listener.once('error', fail);
    listener.listen({ host, port }, () => {
      listener.off('error', fail);
      resolve();
    });
  });
}
