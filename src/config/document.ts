import { flagName, getOption, optionKeys, type OptionKey } from './options';

/** The README's table of options, between its `options` marks. */
export function optionsTable(): string {
  return [
    '| variable | flag | form | default | what |',
    '|---|---|---|---|---|',
    ...optionKeys.map(row),
  ].join('\n');
}

function row(key: OptionKey): string {
  const { env, type, default: defaultText, doc } = getOption(key);
  const shownDefault = defaultText === null || defaultText === '' ? '' : `\`${defaultText}\``;
  const cells = [`\`${env}\``, `\`${flagName(key)}\``, type.name, shownDefault, doc];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The content of `.env.example`: every option with its default, commented out. */
export function dotenvExample(): string {
  const head = [
    '# Copy to .env and uncomment what you change. Flags and real environment variables win over this file.',
    '# Generated from the option table: `npm run docs:options`.',
  ];
  const entries = optionKeys.map((key) => {
    const { env, type, default: defaultText, doc } = getOption(key);
    return ['', ...wrap(doc.replaceAll('`', '')), `# Form: ${type.accepts}.`, `#${env}=${defaultText ?? ''}`];
  });
  return `${[...head, ...entries.flat()].join('\n')}\n`;
}

/** Breaks a sentence into comment lines of at most 100 characters. */
function wrap(sentence: string): readonly string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of sentence.split(' ')) {
    if (line.length + 1 + word.length > 100) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
