/** Any of these. @throws Error if there is none */
export function one<Item>(items: readonly Item[]): Item {
  const found = items[Math.floor(Math.random() * items.length)];
  if (found === undefined) throw new Error('there is none');
  return found;
}

/** Any two of these, or all if there are fewer. */
export function anyTwo<Item>(items: readonly Item[]): readonly Item[] {
  const first = Math.floor(Math.random() * items.length);
  const second = (first + 1 + Math.floor(Math.random() * (items.length - 1))) % items.length;
  return items.filter((_, index) => index === first || index === second);
}
