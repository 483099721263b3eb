import { databaseAddress, serverAddress } from '../value-types/network';
import { filePath, token } from '../value-types/text';
import { server, clientOptional } from './option';

/** What commands need to talk to a running server. */
export const clientOptions = {
  server: {
    ...server(
      'RAUC_SERVER',
      serverAddress,
      'http://127.0.0.1:8080',
      'Address of the admin listener, for commands that talk to a running server, such as `bundle upload` and `device list`.',
    ),
    scope: 'client',
  },
  token: {
    ...clientOptional(
      'ADMIN_TOKEN',
      token,
      'Admin token for commands that talk to a running server. Other users can see command lines, so prefer the variable or the file.',
    ),
    secret: true,
  },
  tokenFile: clientOptional('ADMIN_TOKEN_FILE', filePath, 'File whose first line is the admin token.'),
  moveToUrl: {
    ...clientOptional(
      'MOVE_TO_URL',
      databaseAddress,
      'PostgreSQL database that `move` copies into, unless `--to` names one. Put a password in this variable, not in a flag: other users can see command lines.',
    ),
    secret: true,
  },
} as const;
