import type { SourceKind } from './sources/source.ts';
import { sqlFile, sqlFiles } from './sql-files.ts';

const known = new Map<string, ReadonlySet<string>>();

/** The `sql/read` of one stream or step of a kind: its own, else that of the kind whose files it shares. */
export function readSql(kind: SourceKind, name: string): string {
  const { kind: own, sharesSqlOf } = kind;
  const files = known.get(own) ?? new Set(sqlFiles(`read/${own}`));
  known.set(own, files);
  return sqlFile(`read/${sharesSqlOf === undefined || files.has(name) ? own : sharesSqlOf}/${name}`);
}
