import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.join(__dirname, '../../..');

/** ESLint and the rules are modules that jest cannot import: a process of its own asks them. */
const program = `
import tseslint from 'typescript-eslint';
import { Linter } from 'eslint';
import { noJsxWords, noSentences } from './tests/support/word-rules.mjs';
const linter = new Linter();
const parserOptions = { ecmaFeatures: { jsx: true } };
const config = (rule) => ({
  files: ['**/*.tsx'],
  languageOptions: { parser: tseslint.parser, parserOptions },
  plugins: { house: { rules: { rule } } },
  rules: { 'house/rule': 'error' },
});
const rules = { 'no-sentences': noSentences, 'no-jsx-words': noJsxWords };
const asked = JSON.parse(process.argv[1]);
const answers = asked.map(([name, code]) => {
  const [first] = linter.verify(code, config(rules[name]), 'a.tsx');
  return first === undefined ? 'taken' : first.messageId ?? first.message;
});
process.stdout.write(JSON.stringify(answers));
`;

const cases = [
  ['no-sentences', "fail('the disk is full')", 'sentence'],
  ['no-sentences', 'fail(`${name} is there`)', 'sentence'],
  ['no-sentences', 'fail(`there is ${name}`)', 'sentence'],
  ['no-sentences', "fail(isLate ? ', and has expired' : '')", 'sentence'],
  ['no-sentences', 'fail({ remedy: "Try again." })', 'sentence'],
  ['no-sentences', "fail('disk-full', { name })", 'taken'],
  ['no-sentences', 'key = `${compatible} (${channel})`', 'taken'],
  ['no-sentences', "import { a } from './a b'", 'taken'],
  ['no-sentences', "type Word = 'up to date'", 'taken'],
  ['no-sentences', "log.warn({ file }, 'the file is gone')", 'taken'],
  ['no-sentences', 'ports.log.error(`the chore ${name} failed`)', 'taken'],
  ['no-sentences', "catalog.error('the file is gone')", 'sentence'],
  ['no-sentences', "throw new Error('this cannot be')", 'taken'],
  ['no-jsx-words', '<p>Devices</p>', 'words'],
  ['no-jsx-words', "<p>{count > 0 ? 'some' : text.none}</p>", 'words'],
  ['no-jsx-words', '<a title="Devices" />', 'words'],
  ['no-jsx-words', '<a aria-label={`Devices of ${name}`} />', 'words'],
  ['no-jsx-words', "<Field label={label ?? 'Name'} />", 'words'],
  ['no-jsx-words', '<p class="muted small">{text.devices} · {count}</p>', 'taken'],
  ['no-jsx-words', '<textarea placeholder="-----BEGIN CERTIFICATE-----" />', 'taken'],
  ['no-jsx-words', "<Icon name={isOpen ? 'down' : 'right'} />", 'taken'],
] as const;

describe('rules about words', () => {
  let answers: readonly string[];
  beforeAll(async () => {
    const asked = JSON.stringify(cases.map(([rule, code]) => [rule, code]));
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, asked], {
      cwd: root,
    });
    answers = JSON.parse(stdout) as string[];
  });

  it.each(cases.map((one, index) => [...one, index] as const))(
    '%s: %s is %s',
    (_rule, _code, expected, index) => {
      expect(answers[index]).toBe(expected);
    },
  );
});
