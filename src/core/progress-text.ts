/** RAUC's progress in percent, from the start of a line such as ` 42% Copying image to rootfs.1`; `null` for any other text. */
export function percentIn(text: string): number | null {
  const percent = Number(/^\s*(\d{1,3})% /.exec(text)?.[1] ?? Number.NaN);
  return Number.isNaN(percent) ? null : percent;
}
