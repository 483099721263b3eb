import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { Failure } from '../../api/client';
import { base } from '../../base';
import { goTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { typedIn } from '../../parts/form-fields';
import { Icon } from '../../parts/icon';
import { Menu } from '../../parts/menu';
import { attempt, tell } from '../../parts/notices';
import { Suggestions } from '../../parts/suggestions';
import { text } from '../../texts';
import {
  keepViews,
  maxViews,
  nameMaxLength,
  readViews,
  type SavedView,
  withoutView,
  withView,
} from './saved-views';
import { type FleetView, queryOf } from './view';

/** A browser may know several servers at one origin, each below its own path. */
const key = `device-views ${base}`;
const saved = signal<readonly SavedView[]>(read());
const words = text.devices.views;

function read(): readonly SavedView[] {
  try {
    return readViews(localStorage, key);
  } catch {
    return []; // a browser that denies access to its storage
  }
}

/** Another tab may have changed them meanwhile: what is stored counts. Rejects with a Failure. */
function change(to: (views: readonly SavedView[]) => readonly SavedView[] | null): Promise<void> {
  const views = to(read());
  if (views === null) return Promise.reject(new Failure(words.tooMany(maxViews), 0, 'conflict'));
  if (!isKept(views))
    return Promise.reject(new Failure(words.notKept, 0, 'unavailable', words.notKeptRemedy));
  saved.value = views;
  return Promise.resolve();
}

function isKept(views: readonly SavedView[]): boolean {
  try {
    return keepViews(localStorage, key, views);
  } catch {
    return false;
  }
}

function open(query: string): void {
  goTo(query === '' ? '/devices' : `/devices?${query}`);
}

/** Saved views: open one, save this one, delete one. */
export function ViewsMenu({ view }: { readonly view: FleetView }) {
  const [isSaving, setSaving] = useState(false);
  useEffect(() => {
    const follow = (event: StorageEvent) => {
      if (event.key === key) saved.value = read();
    };
    addEventListener('storage', follow);
    return () => removeEventListener('storage', follow);
  }, []);
  const query = queryOf(view);
  return (
    <>
      <Menu label={words.label} summary={words.button}>
        {saved.value.length === 0 && <p class="muted small">{words.none}</p>}
        {saved.value.length > 0 && (
          <ul class="saved-views">
            {saved.value.map((one) => (
              <li key={one.name}>
                <button
                  type="button"
                  aria-current={one.query === query ? 'true' : undefined}
                  onClick={() => open(one.query)}
                >
                  {one.name}
                </button>
                <button
                  type="button"
                  class="quiet square"
                  aria-label={words.delete(one.name)}
                  onClick={() => remove(one)}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
          </ul>
        )}
        <button type="button" onClick={() => setSaving(true)}>
          {words.save}
        </button>
      </Menu>
      {isSaving && <SaveDialog query={query} onClose={() => setSaving(false)} />}
    </>
  );
}

function remove(view: SavedView): void {
  const putBack = () => void attempt(() => change((views) => withView(views, view)), null);
  void attempt(() => change((views) => withoutView(views, view.name)), words.deleted(view.name), putBack);
}

function SaveDialog({ query, onClose }: { readonly query: string; readonly onClose: () => void }) {
  async function save(fields: FormData): Promise<void> {
    const name = typedIn(fields, 'name');
    if (name === '') throw new Failure(words.noName, 0, 'invalid-input');
    await change((views) => withView(views, { name, query }));
    tell(words.saved(name));
  }
  return (
    <FormDialog title={words.title} action={words.action} onSubmit={save} onClose={onClose}>
      <label>
        {words.name}
        <input name="name" required maxLength={nameMaxLength} autocomplete="off" list="saved-views" />
        <span class="field-hint">{words.hint}</span>
      </label>
      <Suggestions id="saved-views" values={saved.value.map(({ name }) => name)} />
    </FormDialog>
  );
}
