import type { Command } from 'commander';
import { addGroup } from '../kernel/command';
import type { CliContext } from '../kernel/context';
import { addCertCa } from './cert-ca';
import { addCertDevice } from './cert-device';
import { addCertList } from './cert-list';
import { addCertRefused } from './cert-refused';
import { addCertRevoke } from './cert-revoke';
import { addCertRevoked } from './cert-revoked';
import { addCertServer } from './cert-server';
import { addCertShow } from './cert-show';
import { addCertVerify } from './cert-verify';

/** In the order of the help. */
const commands = [
  addCertCa,
  addCertServer,
  addCertDevice,
  addCertList,
  addCertShow,
  addCertVerify,
  addCertRevoke,
  addCertRevoked,
  addCertRefused,
];

export function addCertCommands(program: Command, context: CliContext): void {
  const cert = addGroup(program, 'cert', 'manage the certificates of the CA, the server and the devices', [
    'cert device board-1',
    'cert list',
    'cert verify',
  ]);
  for (const add of commands) add(cert, context);
}
