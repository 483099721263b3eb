/** Line drawings on a 16 × 16 grid, in the colour of the adjacent text. */
const drawings = {
  overview: 'M2 9h4v5H2zM10 2h4v12h-4zM6 5h4v9H6z',
  bundles: 'M2 5l6-3 6 3v6l-6 3-6-3zM2 5l6 3 6-3M8 8v6',
  devices: 'M4 4h8v8H4zM6 1v3M10 1v3M6 12v3M10 12v3M1 6h3M1 10h3M12 6h3M12 10h3',
  rollouts: 'M2 14h4v-4h4V6h4V2',
  certificates: 'M8 1l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V3zM5.5 8l2 2 3-4',
  events: 'M2 3h12M2 8h12M2 13h8',
  settings: 'M2 4h6M12 4h2M2 12h2M8 12h6M10 2v4M6 10v4',
  menu: 'M2 4h12M2 8h12M2 12h12',
  collapse: 'M10 3L5 8l5 5',
  expand: 'M6 3l5 5-5 5',
  close: 'M3 3l10 10M13 3L3 13',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  alert: 'M8 2l6.5 11.5h-13zM8 6.5v3M8 11.5v.2',
  pause: 'M5.5 3v10M10.5 3v10',
  back: 'M6 3L2 7l4 4M2 7h8a4 4 0 010 8H8',
  info: 'M8 1.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM8 7.5v4M8 4.6v.2',
  question: 'M5.5 6a2.5 2.5 0 115 0c0 2-2.5 2-2.5 4M8 12.5v.2',
  clock: 'M8 1.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM8 4.5V8l2.5 2',
  down: 'M8 2v9M4 7.5L8 11.5l4-4M3 14h10',
  up: 'M8 12V3M4 6.5L8 2.5l4 4M3 14h10',
  dot: 'M8 5.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z',
  offer: 'M2 9h4l1 2h2l1-2h4M2 9l2-6h8l2 6v5H2z',
  power: 'M8 2v5M5 4a5 5 0 106 0',
  bolt: 'M9 1.5L4 9h4l-1 5.5L12 7H8z',
  silent: 'M2 2l12 12M8 12.5v.2M5.5 10a3.5 3.5 0 015 0M2.5 7a8 8 0 012.6-1.7M13.5 7a8 8 0 00-5-2.2',
  forbidden: 'M8 1.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM3.5 3.5l9 9',
  minus: 'M3 8h10',
  stopping: 'M3 3h10v10H3z',
  stopped: 'M3 3h10v10H3zM6 6l4 4M10 6l-4 4',
  play: 'M5 3l8 5-8 5z',
  lock: 'M4 7h8v7H4zM5.5 7V5a2.5 2.5 0 015 0v2',
  pin: 'M6 2h4l-.5 5L12 9H4l2.5-2zM8 9v5',
  search: 'M7 2a5 5 0 100 10A5 5 0 007 2zM11 11l3.5 3.5',
  more: 'M3 8h.2M8 8h.2M13 8h.2',
  copy: 'M5 5h8v9H5zM3 11V2h8',
  sortUp: 'M4 10l4-4 4 4',
  sortDown: 'M4 6l4 4 4-4',
} as const;

export type IconName = keyof typeof drawings;

/** Hidden from screen readers: the adjacent words, or its button's label, say it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}
