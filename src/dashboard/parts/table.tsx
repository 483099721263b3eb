import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { text } from '../texts';
import { Icon } from './icon';
import { useFits } from './use-fits';

export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** The server's name for sorting by it, if it can. */
  readonly sort?: string;
  readonly isNumber?: boolean;
  /** Contains names or words that may be long: they wrap if there is little room. */
  readonly isLong?: boolean;
  /** Next to the name in a dense card. */
  readonly isHead?: boolean;
  /** Needs no label: a dense card shows none. */
  readonly isPlain?: boolean;
  /** Contains the actions of the row, which stay visible. */
  readonly isAction?: boolean;
}

interface TableProps<Row> {
  /** The table's content, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  readonly sort?: { readonly by: string; readonly isDescending: boolean };
  readonly onSort?: (by: string, isDescending: boolean) => void;
  readonly selection?: Selection;
  readonly isLoading?: boolean;
  /** Whether its cards have only two lines, for lists that are long even on a phone. */
  readonly isDense?: boolean;
}

export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
  readonly labelAll: string;
  readonly labelOf: (key: string) => string;
}

/**
 * A table, whose head stays in sight. In a narrow box each row becomes a card with labelled fields, headed by the first
 * column. A table that is still wider than its box scrolls horizontally, also by keyboard.
 */
export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, keyOf, sort, onSort, selection, isLoading = false, isDense = false } = props;
  const allKeys = rows.map((row) => String(keyOf(row)));
  const isAll =
    selection !== undefined && allKeys.length > 0 && allKeys.every((key) => selection.keys.has(key));
  const box = useRef<HTMLDivElement>(null);
  const fits = useFits(box);
  return (
    <div
      ref={box}
      class={`table-box ${isDense ? 'dense' : ''} ${fits ? 'fits' : ''}`}
      role="region"
      aria-label={label}
      tabIndex={0}
      aria-busy={isLoading}
    >
      <table>
        <thead>
          <tr>
            {selection !== undefined && (
              <th scope="col" class="tick">
                <label class="tick-area">
                  <input
                    type="checkbox"
                    aria-label={selection.labelAll}
                    checked={isAll}
                    onChange={() => selection.onChange(new Set(isAll ? [] : allKeys))}
                  />
                </label>
              </th>
            )}
            {columns.map((column) => (
              <Heading key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = String(keyOf(row));
            const isSelected = selection?.keys.has(key) ?? false;
            return (
              <tr key={key} class={isSelected ? 'selected' : ''}>
                {selection !== undefined && (
                  <td class="tick">
                    <label class="tick-area">
                      <input
                        type="checkbox"
                        aria-label={selection.labelOf(key)}
                        checked={isSelected}
                        onChange={() => {
                          const keys = new Set(selection.keys);
                          if (!keys.delete(key)) keys.add(key);
                          selection.onChange(keys);
                        }}
                      />
                    </label>
                  </td>
                )}
                {columns.map((column, index) => (
                  <td
                    key={column.id}
                    class={classOf(column)}
                    data-label={index === 0 || column.isAction === true ? undefined : column.label}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sort: TableProps<Row>['sort'];
  readonly onSort: TableProps<Row>['onSort'];
}

function Heading<Row>({ column, sort, onSort }: HeadingProps<Row>) {
  const { sort: by, label } = column;
  if (by === undefined || onSort === undefined) {
    return (
      <th scope="col" class={classOf(column)}>
        {label}
      </th>
    );
  }
  const isSorted = sort?.by === by;
  const isDescending = isSorted && sort.isDescending;
  return (
    <th
      scope="col"
      class={classOf(column)}
      aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" class="sort" onClick={() => onSort(by, isSorted && !isDescending)}>
        {label}
        {isSorted && <Icon name={isDescending ? 'sortDown' : 'sortUp'} />}
      </button>
    </th>
  );
}

function classOf({ isNumber, isLong, isAction, isHead, isPlain }: Column<never>): string {
  const classes = {
    number: isNumber,
    long: isLong,
    'row-end': isAction,
    'card-head': isHead,
    'no-label': isPlain,
  };
  return Object.entries(classes)
    .filter(([, isSet]) => isSet === true)
    .map(([name]) => name)
    .join(' ');
}

interface PagerProps {
  /** The cursor of the next page; `null` on the last. */
  readonly next: string | null;
  readonly isFirst: boolean;
  readonly onNext: (cursor: string) => void;
  readonly onFirst: () => void;
  readonly summary: string;
}

export function Pager({ next, isFirst, onNext, onFirst, summary }: PagerProps) {
  return (
    <nav class="pager" aria-label={text.common.pages}>
      <span class="muted">{summary}</span>
      <button type="button" disabled={isFirst} onClick={onFirst}>
        {text.common.firstPage}
      </button>
      <button type="button" disabled={next === null} onClick={() => next !== null && onNext(next)}>
        {text.common.next}
      </button>
    </nav>
  );
}
