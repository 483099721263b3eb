import { Menu } from '../../parts/menu';
import { text } from '../../texts';
import { exportPath, type FleetView } from './view';

const words = text.devices.export;

/** Exports all matching devices as a file, which the browser downloads while the server writes it. */
export function ExportMenu({ view }: { readonly view: FleetView }) {
  return (
    <Menu label={words.label} summary={words.button}>
      {(['csv', 'json'] as const).map((format) => (
        <a key={format} class="button" href={exportPath(view, format)} download={`devices.${format}`}>
          {words[format]}
        </a>
      ))}
    </Menu>
  );
}
