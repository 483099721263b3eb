import { elementsOf, loadComponent } from '../../support/page-parts';

const DaysLeft = loadComponent('pages/certificates/days-left.tsx', 'DaysLeft');

const shown = (days: number) => {
  const [element] = elementsOf(DaysLeft, { days });
  return [element?.text, String(element?.props['class']).split(' ').at(-1)];
};

it.each([
  [-3, '3 days ago', 'bad'],
  [-1, '1 day ago', 'bad'],
  [0, 'less than a day left', 'bad'],
  [1, '1 day left', 'bad'],
  [6, '6 days left', 'bad'],
  [7, '7 days left', 'warn'],
  [29, '29 days left', 'warn'],
  [30, '30 days left', 'muted'],
  [729, '729 days left', 'muted'],
  [730, 'about 2 years left', 'muted'],
  [3_649, 'about 10 years left', 'muted'],
])('a certificate with %d days left says so in words, the sooner the louder', (days, words, tone) => {
  expect(shown(days)).toEqual([words, tone]);
});
