/** `1 device`, `2 devices`. @param what the singular noun, such as `device` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
