import { coloured } from '../../../../src/cli/kernel/colours';
import { markedState } from '../../../../src/cli/kernel/state-mark';
import { stateLooks } from '../../../../src/contract/state-looks';

const codes = Object.values(stateLooks).flatMap((kind) => Object.keys(kind));
const plain = (text: string) => text.replaceAll(/\u001b\[\d+m/g, '');

describe('the colours of states', () => {
  it.each([
    ['proven', '\u001b[32m✓ proven\u001b[39m'],
    ['downloading', '\u001b[36m↓ downloading\u001b[39m'],
    ['held', '\u001b[33m# held\u001b[39m'],
    ['rolled-back', '\u001b[31m← rolled back\u001b[39m'],
    ['withdrawn', '\u001b[90m– withdrawn\u001b[39m'],
  ])('follow the tone of %s', (code, shown) => {
    expect(coloured(markedState(code))).toBe(shown);
  });

  it('are given to every state, as a whole', () => {
    for (const code of codes) {
      const mark = markedState(code);
      expect(coloured(`a  ${mark}, step 2`)).toMatch(/^a {2}\u001b\[\d+m[^\u001b]+\u001b\[39m, step 2$/u);
      expect(plain(coloured(mark))).toBe(mark);
    }
  });

  it('leave other text alone', () => {
    for (const text of ['proven', '✓ only', '· doubtful', 'fw-1.raucb  1.0.0', '']) {
      expect(coloured(text)).toBe(text);
    }
  });
});

describe('the colours of lines', () => {
  it('tell errors from warnings', () => {
    expect(coloured('error: it is full\nwarning: it is old\nnote: it is new')).toBe(
      '\u001b[31merror\u001b[39m: it is full\n\u001b[33mwarning\u001b[39m: it is old\nnote: it is new',
    );
  });

  it('leave these words alone where they do not begin the line', () => {
    for (const text of ['no error: fine', 'errors: 2', '  warning: x']) expect(coloured(text)).toBe(text);
  });
});
