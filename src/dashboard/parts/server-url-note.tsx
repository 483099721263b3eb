import type { AboutJson } from '../../contract/server';
import { text } from '../texts';
import { Hint } from './notices';

/** Whether the server knows the address by which devices reach it. */
export function hasServerUrl({ options }: AboutJson): boolean {
  return options.some(({ name, value }) => name === 'SERVER_URL' && value !== null && value !== '');
}

/** Says that SERVER_URL is missing, in dialogs that make a kit. */
export function ServerUrlNote({ about }: { readonly about: AboutJson }) {
  return hasServerUrl(about) ? null : <Hint tone="warn">{text.kit.serverUrlUnset}</Hint>;
}
