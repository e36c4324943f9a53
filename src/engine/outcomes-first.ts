export function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): readonly (readonly Item[])[] {
  return [items.filter((item) => test(item)), items.filter((item) => !test(item))];
}
