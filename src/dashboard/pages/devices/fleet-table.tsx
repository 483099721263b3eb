import { useEffect, useRef } from 'preact/hooks';
import { may } from '../../api/session';
import type { DevicePageJson } from '../../../contract/device';
import type { FleetJson } from '../../../contract/fleet';
import { formatCount } from '../../format';
import { Pager, Table } from '../../parts/table';
import { text } from '../../texts';
import type { Data } from '../../use-data';
import { ColumnMenu } from './column-menu';
import { deviceColumns, hiddenColumns } from './columns';
import { ExportMenu } from './export-menu';
import { SelectionBar } from './selection-bar';
import { useSelection } from './use-selection';
import { type FleetView, pageSize, showPage, sortBy } from './view';

interface FleetTableProps {
  readonly view: FleetView;
  readonly page: DevicePageJson;
  readonly fleet: FleetJson | null;
  readonly list: Data<DevicePageJson>;
}

/** One page of devices, and actions for the selected ones. The old rows stay until the next ones arrive. */
export function FleetTable({ view, page, fleet, list }: FleetTableProps) {
  const { devices, total, next } = page;
  const shownTotal = page.total_is_estimate ? text.devices.about(formatCount(total)) : formatCount(total);
  const selection = useSelection(view, devices);
  const box = useRef<HTMLDivElement>(null);
  const isSelecting = selection.devices.size > 0;
  const wasSelecting = useRef(false);
  useEffect(() => {
    // The focused element disappeared with the action bar. What took its place (such as the export) must not get the
    // focus: the keyboard continues in the table.
    if (wasSelecting.current && !isSelecting && hasLostFocus(box.current))
      box.current?.querySelector<HTMLElement>('.table-box')?.focus({ preventScroll: true });
    wasSelecting.current = isSelecting;
  }, [isSelecting]);
  const first = (view.page - 1) * pageSize + 1;
  const range = useRef('');
  if (!list.isOther) {
    range.current = text.devices.range(
      formatCount(first),
      formatCount(first + devices.length - 1),
      shownTotal,
    );
  }
  return (
    <div class="fleet" ref={box}>
      <div class="table-head">
        {isSelecting ? (
          <SelectionBar
            selection={selection}
            total={total}
            shownTotal={shownTotal}
            fleet={fleet}
            onDone={list.reload}
          />
        ) : (
          <>
            <span class="muted" role="status">
              {range.current}
            </span>
            <span class="actions">
              <ExportMenu view={view} />
              <ColumnMenu />
            </span>
          </>
        )}
      </div>
      <Table
        label={text.frame.pages.devices}
        columns={deviceColumns.filter(({ id }) => !hiddenColumns.value.has(id))}
        rows={devices}
        keyOf={({ id }) => id}
        sort={{ by: view.sort, isDescending: view.isDescending }}
        onSort={sortBy}
        isLoading={list.isLoading}
        isDense
        {...(may('publish') && {
          selection: {
            keys: new Set(selection.devices.keys()),
            onChange: selection.choose,
            labelAll: text.devices.selectPage,
            labelOf: text.devices.select,
          },
        })}
      />
      {(next !== null || view.after !== null) && (
        <Pager
          next={list.isOther ? null : next}
          isFirst={view.after === null}
          onNext={(cursor) => showPage(cursor, view.page + 1)}
          onFirst={() => showPage(null, 1)}
          summary={range.current}
        />
      )}
    </div>
  );
}

function hasLostFocus(box: HTMLElement | null): boolean {
  const { activeElement: element } = document;
  if (element === null || element === document.body || element.tagName === 'MAIN') return true;
  return box?.querySelector('.table-head')?.contains(element) === true;
}
