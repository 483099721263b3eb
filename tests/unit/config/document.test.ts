import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'dotenv';
import { dotenvExample, optionsTable } from '../../../src/config/document';
import { loadConfig } from '../../../src/config/config';
import { flagName, getOption, optionKeys } from '../../../src/config/options';

const root = path.resolve(__dirname, '../../..');
const readme = path.join(root, 'README.md');
const example = path.join(root, '.env.example');
const marks = /(?<=<!-- options:begin -->\n)[^]*?(?=<!-- options:end -->)/;

// `npm run docs:options` writes the documents again; everyone else compares.
if (process.env['UPDATE_DOCS'] === '1') {
  const updated = readFileSync(readme, 'utf8').replace(marks, () => `${optionsTable()}\n`);
  writeFileSync(readme, updated);
  writeFileSync(example, dotenvExample());
}

describe('the option table', () => {
  it('is what the README says', () => {
    expect(marks.exec(readFileSync(readme, 'utf8'))?.[0]).toBe(`${optionsTable()}\n`);
  });

  it('is what .env.example says', () => {
    expect(readFileSync(example, 'utf8')).toBe(dotenvExample());
  });

  it('has defaults in the form that it asks for', () => {
    for (const key of optionKeys) {
      const { type, default: defaultText } = getOption(key);
      if (defaultText !== null) expect([key, type.parse(defaultText)]).not.toEqual([key, undefined]);
    }
  });

  it('has each variable and each flag once', () => {
    expect(new Set(optionKeys.map((key) => getOption(key).env)).size).toBe(optionKeys.length);
    expect(new Set(optionKeys.map(flagName)).size).toBe(optionKeys.length);
  });

  it('formats values so that they read back the same', () => {
    for (const key of optionKeys) {
      const { type, default: defaultText } = getOption(key);
      if (defaultText === null) continue;
      const value = type.parse(defaultText);
      expect([key, type.parse(type.format(value))]).toEqual([key, value]);
    }
    expect(getOption('uploadLimit').type.format(600_000_000)).toBe('600MB');
    expect(getOption('uploadLimit').type.format(1)).toBe('1B');
    expect(getOption('shutdownGrace').type.format(0)).toBe('0ms');
    expect(getOption('shutdownGrace').type.format(90_000)).toBe('90s');
  });
});

describe('.env.example', () => {
  it('changes nothing when every line of it is uncommented', () => {
    const variables = parse(dotenvExample().replaceAll(/^#(?=[A-Z\d_]+=)/gm, ''));
    expect(Object.keys(variables)).toEqual(optionKeys.map((key) => getOption(key).env));
    const input = { dotenvPath: null, cwd: '/' };
    const loaded = (env: Record<string, string>) =>
      Object.entries(loadConfig({ ...input, env })).filter(([key]) => key !== 'sources');
    expect(loaded(variables)).toEqual(loaded({}));
  });
});
