import { statSync } from 'node:fs';
import { InputError } from '../models/errors.ts';
import { type Decoded, readHead } from './decode.ts';
import { recogniseParquet } from './read-parquet.ts';
import { type Recognised, recognise } from './recognise.ts';
import type { SourceKind } from './sources/source.ts';
import type { Warehouse } from './warehouse.ts';

/** A file, or one sheet of a workbook, and what it was taken for. */
export interface RecognisedPart {
  part: Decoded;
  recognised: Recognised;
}

interface Asked {
  /** name of the file, for messages */
  name: string;
  /** kind of file, when it should not be recognised */
  as?: string;
}

/**
 * What a decoded file is, Parquet included.
 *
 * @throws InputError `unknown_source`, `unknown_name`
 */
export async function recogniseFile(
  warehouse: Warehouse,
  parts: readonly Decoded[],
  kinds: readonly SourceKind[],
  asked: Asked,
): Promise<RecognisedPart[]> {
  const [part] = parts;
  if (part.container !== 'parquet') return recogniseParts(parts, kinds, asked);
  return [{ part, recognised: await recogniseParquet(warehouse, part.path, kinds, asked.name, asked.as) }];
}

/**
 * A workbook may hold several sheets: the first that is recognised is read, and with it those that belong to it (`companions`),
 * the one that names its companions first.
 */
function recogniseParts(parts: readonly Decoded[], kinds: readonly SourceKind[], asked: Asked): RecognisedPart[] {
  const found: RecognisedPart[] = [];
  let first: unknown;
  for (const part of parts) {
    try {
      found.push({ part, recognised: recognisePart(part, kinds, asked.name, asked.as) });
    } catch (cause) {
      first ??= cause;
    }
  }
  if (found.length === 0) throw first;
  const main =
    found.find(({ recognised }) => recognised.kind.companions?.includes(found[0].recognised.kind)) ?? found[0];
  return [main, ...companionsOf(main, parts, asked.name)];
}

function companionsOf(main: RecognisedPart, parts: readonly Decoded[], name: string): RecognisedPart[] {
  const companions = main.recognised.kind.companions ?? [];
  if (companions.length === 0) return [];
  return parts
    .filter((part) => part !== main.part)
    .flatMap((part) => {
      try {
        const recognised = recognisePart(part, companions, name);
        const isEmpty = recognised.type === 'csv' && recognised.sample.length === 0;
        return isEmpty ? [] : [{ part, recognised }];
      } catch (cause) {
        if (cause instanceof InputError && cause.code === 'unknown_source') return [];
        throw cause;
      }
    });
}

function recognisePart(part: Decoded, kinds: readonly SourceKind[], name: string, as?: string): Recognised {
  const head = readHead(part.path, 1 << 20);
  return recognise(head, statSync(part.path).size <= head.length, kinds, name, as);
}

/** Sheets that hold something else, in words, for the receipt. */
export function unreadSheets(parts: readonly Decoded[], read: readonly { part: Decoded }[]): string[] {
  return parts
    .filter((part) => part.sheet !== undefined && !read.some((sheet) => sheet.part === part))
    .map((part) => `sheet "${part.sheet}" was not read`);
}
