/** A recursive query that leaps from one value of an index to the next, where DISTINCT would read all of it. */
export function valuesOf(table: string, column: string, where: string): string {
  return `WITH RECURSIVE leap(value) AS (
      (SELECT min(${column}) FROM ${table} WHERE ${where})
    UNION ALL
      SELECT (SELECT min(${column}) FROM ${table} WHERE ${where} AND ${column} > leap.value)
      FROM leap WHERE leap.value IS NOT NULL
  )`;
}
