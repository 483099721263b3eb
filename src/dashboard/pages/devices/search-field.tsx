import { useEffect, useRef } from 'preact/hooks';
import { text } from '../../texts';
import { setFilters } from './view';

/** People type on while the list is fetched: the address follows when they pause. */
const pauseMs = 250;

export function SearchField({ search }: { readonly search: string }) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  function look(): void {
    clearTimeout(timer.current);
    timer.current = undefined;
    setFilters({ search: field.current?.value.trim() ?? '' }, false);
  }

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // The address changed by something else, such as the back button; what is being typed stays.
    if (field.current === null || timer.current !== undefined) return;
    if (field.current.value.trim() !== search) field.current.value = search;
  }, [search]);

  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        look();
      }}
    >
      <input
        ref={field}
        type="search"
        aria-label={text.devices.search}
        placeholder={text.devices.searchHint}
        maxLength={100}
        onInput={() => {
          clearTimeout(timer.current);
          timer.current = setTimeout(look, pauseMs);
        }}
      />
    </form>
  );
}
