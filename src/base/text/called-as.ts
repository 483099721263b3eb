import { quoteWord } from './quote-word';

const name = 'rauc-simple-server';
/** Where a call names the file of the program. */
const byPath = 'node ';

/**
 * How to call the command line again from the folder of this process.
 * @param script that Node.js runs, as `process.argv[1]` has it
 */
export function calledAs(script: string | undefined): string {
  if (script === undefined) return name;
  const folders = script.split('/');
  const file = folders.pop();
  if (folders.includes('node_modules') && folders.at(-1) === '.bin') return `npx ${name}`;
  // Installed for the whole machine: a link in a folder that shells look into.
  if (file === name) return name;
  return `${byPath}${quoteWord(script)}`;
}

/** Whether a call, as {@link calledAs} has it, tells where on the machine the program is. */
export function tellsPath(call: string): boolean {
  return call.startsWith(byPath);
}
