import { serverAddress } from '../value-types/network';
import { filePath, token } from '../value-types/text';
import { server, clientOptional } from './option';

/** What the commands need that talk to a running server. */
export const clientOptions = {
  server: {
    ...server(
      'RAUC_SERVER',
      serverAddress,
      'http://127.0.0.1:8080',
      'Admin listener of the running server, for the commands that talk to one, such as `bundle upload` and `device list`.',
    ),
    scope: 'client',
  },
  token: {
    ...clientOptional(
      'ADMIN_TOKEN',
      token,
      'Admin token for that server. On a command line other users can see it: prefer the variable or the file.',
    ),
    secret: true,
  },
  tokenFile: clientOptional('ADMIN_TOKEN_FILE', filePath, 'File with the admin token in its first line.'),
} as const;
