import { quoteWord } from './quote-word';

const name = 'rauc-simple-server';
/** Begins a call that names the program's file. */
const byPath = 'node ';

/**
 * How to call the command line from the folder of this process.
 * @param script that Node.js runs, as in `process.argv[1]`
 */
export function calledAs(script: string | undefined): string {
  if (script === undefined) return name;
  const folders = script.split('/');
  const file = folders.pop();
  if (folders.includes('node_modules') && folders.at(-1) === '.bin') return `npx ${name}`;
  // Installed for the whole machine, with a link in a folder on the PATH.
  if (file === name) return name;
  return `${byPath}${quoteWord(script)}`;
}

/** Whether a call made by {@link calledAs} reveals where on the machine the program is. */
export function tellsPath(call: string): boolean {
  return call.startsWith(byPath);
}
