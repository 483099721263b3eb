import { elementsOf, loadComponent } from '../../support/page-parts';

const NextLine = loadComponent('parts/release/next-line.tsx', 'NextLine');

const line = (next: string, parameters: object = {}, failures = 0, isShort = false) => {
  const progress = {
    ...{ next: 'as the server says', next_code: next, next_parameters: parameters },
    ...{ in_progress: 3, failures_in_step: failures },
  };
  return elementsOf(NextLine, { progress, isShort })[0]?.text;
};

describe('what a rollout waits for', () => {
  it('is told with what is under way and what failed', () => {
    expect(line('next-is-promoted', {}, 1)).toBe(
      'Next: you promote it · in progress: 3 · devices that failed in this step: 1',
    );
    expect(line('next-is-promoted', {}, 0, true)).toBe('Next: you promote it');
  });

  it('is left out when the state of the rollout says it, but not what failed or came later', () => {
    expect(line('next-is-nothing')).toBeUndefined();
    expect(line('next-is-complete', { later: 0 })).toBeUndefined();
    expect(line('next-is-nothing', {}, 2)).toBe('devices that failed in this step: 2');
    expect(line('next-is-complete', { later: 1 }, 0, true)).toContain('1 device came later');
  });

  it('is what the server says when the page does not know it', () => {
    expect(line('next-is-unheard-of', {}, 0, true)).toBe('Next: as the server says');
  });
});
