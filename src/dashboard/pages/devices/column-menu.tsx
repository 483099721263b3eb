import { Menu } from '../../parts/menu';
import { text } from '../../texts';
import { deviceColumns, fixedColumn, hiddenColumns, toggleColumn } from './columns';

/** Chooses the visible columns; the browser remembers them. */
export function ColumnMenu() {
  return (
    <Menu label={text.devices.chooseColumns} summary={text.devices.columnsButton}>
      {deviceColumns
        .filter(({ id }) => id !== fixedColumn)
        .map(({ id, label }) => (
          <label key={id} class="inline">
            <input type="checkbox" checked={!hiddenColumns.value.has(id)} onChange={() => toggleColumn(id)} />
            {label}
          </label>
        ))}
    </Menu>
  );
}
