import { loadFunction } from '../../support/page-parts';

interface View {
  readonly name: string;
  readonly query: string;
}
type Views = readonly View[];

const file = 'pages/devices/saved-views.ts';
const readViews = loadFunction(file, 'readViews') as (shelf: object, key: string) => Views;
const keepViews = loadFunction(file, 'keepViews') as (shelf: object, key: string, views: Views) => boolean;
const withView = loadFunction(file, 'withView') as (views: Views, view: View) => Views | null;
const withoutView = loadFunction(file, 'withoutView') as (views: Views, name: string) => Views;

const key = 'device-views /';

/** What a browser keeps for a page. */
function shelfOf(stored: Readonly<Record<string, string>> = {}) {
  const kept = new Map(Object.entries(stored));
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  };
}

/** Objects of the page are of another realm. */
const plain = (views: Views | null): unknown => JSON.parse(JSON.stringify(views));

describe('the views that a browser keeps', () => {
  const silent = { name: 'Silent for a week', query: 'last_contact_before=7d' };
  const lab = { name: 'Lab', query: 'label=lab&sort=version' };

  it('come back by name, after a reload too', () => {
    const shelf = shelfOf();
    const views = withView(withView([], silent) ?? [], lab) ?? [];
    expect(keepViews(shelf, key, views)).toBe(true);
    expect(plain(readViews(shelf, key))).toEqual([lab, silent]);
    expect(plain(readViews(shelf, 'device-views /other/'))).toEqual([]);
    expect(plain(withoutView(views, 'Lab'))).toEqual([silent]);
  });

  it('have each name once: the later one stays', () => {
    const again = { ...lab, query: 'label=lab' };
    expect(plain(withView([lab, silent], again))).toEqual([again, silent]);
  });

  it('are not more than a menu can show', () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `view ${index}`, query: '' }));
    expect(withView(many, lab)).toBeNull();
    expect(plain(withView(many, { name: 'view 7', query: 'held=true' }))).toHaveLength(50);
  });

  it.each([
    'no JSON',
    'null',
    '{"name":"a"}',
    '[null, 7, {"name":"", "query":""}, {"name":"a"}, {"name":"a","query":7}]',
    JSON.stringify([{ name: 'a'.repeat(61), query: '' }]),
    JSON.stringify([{ name: 'a', query: 'x'.repeat(4_001) }]),
  ])('are none where something else is kept: %s', (stored) => {
    expect(plain(readViews(shelfOf({ [key]: stored }), key))).toEqual([]);
  });

  it('are said not to be kept by a browser that keeps nothing', () => {
    const shelf = {
      getItem: () => null,
      setItem: () => {
        throw new Error('the quota is exceeded');
      },
    };
    expect(keepViews(shelf, key, [lab])).toBe(false);
  });
});
