import { sqlFile, sqlFiles } from './sql-files.ts';

interface Macro {
  name: string;
  /** its definition */
  sql: string;
  /** macros that it names itself */
  needs: readonly string[];
}

/** The macros of `sql/macro/` by name, read once a process. */
let shelf: ReadonlyMap<string, Macro> | undefined;

/**
 * Which macros a session has. Defining all of them took most of the time of opening a workspace, and a command needs a few: so each
 * is defined when a statement first names it, after those that it names itself.
 */
export class Macros {
  private defined = new Set<string>();
  private beforeTransaction: ReadonlySet<string> | undefined;

  /** Definitions that must run before this statement, in their order. */
  missing(sql: string): string[] {
    shelf ??= readMacros();
    const found: string[] = [];
    const visit = (names: Iterable<string>): void => {
      for (const name of names) {
        const macro = shelf?.get(name);
        if (macro === undefined || this.defined.has(name)) continue;
        this.defined.add(name);
        visit(macro.needs);
        found.push(macro.sql);
      }
    };
    visit(calledIn(sql));
    return found;
  }

  begin(): void {
    this.beforeTransaction = new Set(this.defined);
  }

  /** What was defined within a transaction goes with it. */
  rollback(): void {
    this.defined = new Set(this.beforeTransaction ?? this.defined);
  }
}

function readMacros(): Map<string, Macro> {
  const macros = new Map<string, Macro>();
  for (const file of sqlFiles('macro')) {
    const definitions = sqlFile(`macro/${file}`).split(/^(?=create or replace temporary macro )/m);
    for (const sql of definitions) {
      const name = /^create or replace temporary macro ([a-z_0-9]+)\(/.exec(sql)?.[1];
      // what stands before the first definition is the comment of the file
      if (name === undefined) continue;
      macros.set(name, { name, sql, needs: [...calledIn(sql)].filter((other) => other !== name) });
    }
  }
  return macros;
}

/** Everything that a text calls: macros and functions alike. */
function calledIn(sql: string): Set<string> {
  return new Set([...sql.matchAll(/\b([a-z_][a-z_0-9]*)\s*\(/gi)].map(([, name]) => name.toLowerCase()));
}
