import { offerRules } from '../../../src/core/offer-rules';
import { elementsOf, loadComponent, type PageElement } from '../../support/page-parts';

const Answers = loadComponent('pages/device/answers.tsx', 'Answers');

interface Told {
  readonly rule: string;
  readonly passed: boolean | null;
  readonly message: string;
}

/** The chain up to a rule that refuses; those that had nothing to judge are `null`. */
function answer(reason: string | null, passed: Readonly<Record<string, boolean | null>>) {
  const rules = offerRules.map((rule): Told => ({
    rule,
    passed: rule in passed ? (passed[rule] ?? null) : true,
    message: `says ${rule in passed ? String(passed[rule]) : 'yes'}`,
  }));
  return { protocol: 'manifest', offered: null, reason, message: 'because of it', rules };
}

function show(...answers: readonly object[]): readonly PageElement[] {
  return elementsOf(Answers, { answers });
}

const withClass = (elements: readonly PageElement[], name: string) =>
  elements.filter(({ props }) => String(props['class']).split(' ').includes(name));

describe('what a device gets, on its page', () => {
  it('is a green "Up to date" for one that runs what it should, with nothing in red', () => {
    const shown = show(answer('up-to-date', { 'other-version': false, running: false }));
    const [badge] = withClass(shown, 'badge');
    expect(badge).toMatchObject({ text: 'Up to date' });
    expect(badge?.props['class']).toBe('badge good');
    expect(withClass(shown, 'failed')).toEqual([]);
    const rules = ['good', 'moot'].map((name) =>
      withClass(shown, `rule`).filter(({ props }) => props['class'] === `rule ${name}`),
    );
    expect(rules.map((those) => those.map(({ text }) => text))).toEqual([
      ['up to dateDifferent versionsays false'],
      ['failedRollout runningsays false'],
    ]);
  });

  it('is nothing, with the rule that refuses, for one that something keeps from it', () => {
    const shown = show(answer('held', { 'not-held': false }));
    expect(withClass(shown, 'badge')).toEqual([]);
    expect(withClass(shown, 'answer')[0]?.text).toBe('It gets nothing: because of it');
    expect(withClass(shown, 'failed').map(({ text }) => text)).toEqual(['failedNot heldsays false']);
  });

  it('folds the rules away until somebody asks why', () => {
    const shown = show(answer('up-to-date', { 'other-version': false }));
    const why = shown.find(({ type }) => type === 'details');
    expect(why?.props['open']).toBeUndefined();
    expect(why?.text).toMatch(/^Why\?.*says yes/);
    const inside = shown.slice(shown.findIndex(({ type }) => type === 'details'));
    expect(withClass(inside, 'rule')).toHaveLength(offerRules.length);
    expect(withClass(shown, 'rule')).toHaveLength(offerRules.length);
  });

  it('names the rules that had nothing to judge in one line, and each with a word of its own', () => {
    const last = offerRules.indexOf('bundle-compatible');
    const unasked = Object.fromEntries(offerRules.slice(last).map((rule) => [rule, null]));
    const shown = show(answer('no-release', { release: false, ...unasked }));
    const [why] = shown.filter(({ type }) => type === 'details');
    expect(why?.text.match(/not checked/gi)).toHaveLength(1);
    const line = shown.find(({ type, text }) => type === 'p' && text.startsWith('Not checked'))?.text ?? '';
    const names = /^Not checked: (.*) \(says null\)$/.exec(line)?.[1]?.split(', ') ?? [];
    expect(new Set(names).size).toBe(offerRules.length - last);
    expect(withClass(shown, 'rule')).toHaveLength(last);
    for (const name of names) expect(name).toMatch(/^\p{Lu}[\p{L} ]+$/u);
  });

  it('stands once for protocols that say the same, else once for each', () => {
    const one = answer('up-to-date', { 'other-version': false });
    const other = { ...one, protocol: 'polling' };
    expect(show(one, other).filter(({ type }) => type === 'details')).toHaveLength(1);
    const held = { ...answer('held', { 'not-held': false }), protocol: 'polling' };
    expect(show(one, held).filter(({ type }) => type === 'details')).toHaveLength(2);
  });
});
