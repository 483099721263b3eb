import type { Command } from 'commander';
import { addGroup } from '../kernel/command';
import type { CliContext } from '../kernel/context';
import { addBundleActivate } from './bundle-activate';
import { addBundleDeactivate } from './bundle-deactivate';
import { addBundleDelete } from './bundle-delete';
import { addBundleDownload } from './bundle-download';
import { addBundleInspect } from './bundle-inspect';
import { addBundleList } from './bundle-list';
import { addBundleShow } from './bundle-show';
import { addBundleUpload } from './bundle-upload';

/** In the order of the help. */
const commands = [
  addBundleUpload,
  addBundleDownload,
  addBundleList,
  addBundleShow,
  addBundleInspect,
  addBundleActivate,
  addBundleDeactivate,
  addBundleDelete,
];

export function addBundleCommands(program: Command, context: CliContext): void {
  const bundle = addGroup(program, 'bundle', 'inspect local bundles, or manage those on a running server', [
    'bundle upload my-bundle.raucb --activate',
    'bundle list',
    'bundle inspect my-bundle.raucb',
  ]);
  for (const add of commands) add(bundle, context);
}
