/** The rows of one incident, by destination, to be added to. */
export function under<Row>(rows: Map<number, Map<string, Row>>, incident: number): Map<string, Row> {
  const known = rows.get(incident);
  if (known !== undefined) return known;
  const fresh = new Map<string, Row>();
  rows.set(incident, fresh);
  return fresh;
}

export function rowsOf<Row>(rows: ReadonlyMap<number, ReadonlyMap<string, Row>>, incident: number): Row[] {
  return [...(rows.get(incident)?.values() ?? [])];
}
