import { plain, type ValueType } from './value-type';

/** One of a few words. */
export function choice<const W extends string>(...words: readonly W[]): ValueType<W> {
  return {
    name: words.join(' | '),
    choices: words,
    accepts: `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`,
    parse: (value) => words.find((word) => word === value),
    format: plain,
  };
}

const truths = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

export const flag: ValueType<boolean> = {
  name: 'boolean',
  accepts: 'true or false',
  parse: (value) => truths.get(value.toLowerCase()),
  format: plain,
};
