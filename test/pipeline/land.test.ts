import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LandingNote,
  landBytes,
  landingPath,
  readLanding,
  unland,
  writeLandingNote,
} from '../../pipeline/land.ts';

let folder: string;
let landing: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftproof-land-'));
  landing = join(folder, 'landing');
  mkdirSync(landing);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const note = (batchId: string): LandingNote => ({
  batch_id: batchId,
  kind: 'plain_fx_rate',
  source_id: 'fx',
  file_name: 'fx.csv',
  exported_at: null,
  options: {},
});

describe('landing bytes', () => {
  it('keeps them unchanged under their own hash', async () => {
    writeFileSync(join(folder, 'a.csv'), 'a,b\n1,2\n');
    const landed = await landBytes(landing, join(folder, 'a.csv'));
    expect(landed).toEqual({
      batchId: hashOf('a,b\n1,2\n'),
      path: landingPath(landing, hashOf('a,b\n1,2\n')),
      bytes: 8,
      isNew: true,
    });
    expect(readFileSync(landed.path, 'utf8')).toBe('a,b\n1,2\n');
  });

  it('keeps the same bytes once, whatever they came as', async () => {
    await landBytes(landing, Readable.from([Buffer.from('a,'), Buffer.from('b')]));
    const again = await landBytes(landing, Readable.from([Buffer.from('a,b')]));
    expect(again.isNew).toBe(false);
    expect(readdirSync(landing)).toEqual([hashOf('a,b')]);
  });

  it('takes back only what is new: bytes that were there before stay', async () => {
    const first = await landBytes(landing, Readable.from([Buffer.from('x')]));
    const again = await landBytes(landing, Readable.from([Buffer.from('x')]));
    unland(again);
    expect(existsSync(first.path)).toBe(true);
    unland(first);
    expect(readdirSync(landing)).toEqual([]);
  });

  it('leaves nothing when the stream breaks half way', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half a ');
        throw new Error('the line went dead');
      })(),
    );
    await expect(landBytes(landing, broken)).rejects.toThrow('the line went dead');
    expect(readdirSync(landing)).toEqual([]);
  });

  it('says what is wrong with a path: missing, or a folder', async () => {
    await expect(landBytes(landing, join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(landBytes(landing, folder)).rejects.toMatchObject({ code: 'bad_input', message: /is a folder/ });
    expect(readdirSync(landing)).toEqual([]);
  });

  it('says so when the disk is full', async () => {
    const full = Readable.from(
      (async function* () {
        yield Buffer.from('x');
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      })(),
    );
    await expect(landBytes(landing, full)).rejects.toMatchObject({
      code: 'disk_full',
      message: /nothing was kept half/,
    });
  });
});

describe('landing notes', () => {
  it('stand beside the bytes and are read back in order; bytes without a note are orphans', async () => {
    const a = await landBytes(landing, Readable.from([Buffer.from('a')]));
    const b = await landBytes(landing, Readable.from([Buffer.from('b')]));
    const c = await landBytes(landing, Readable.from([Buffer.from('c')]));
    for (const landed of [b, a]) writeLandingNote(landing, note(landed.batchId));
    writeFileSync(join(landing, '.incoming-1'), 'a copy that a killed process left');
    const read = readLanding(landing);
    expect(read.notes.map((entry) => entry.batch_id)).toEqual([a.batchId, b.batchId].sort());
    expect(read.notes[0]).toEqual(note(read.notes[0].batch_id));
    expect(read.orphans).toEqual([c.batchId]);
  });

  it('are empty for a workspace that never landed anything', () => {
    expect(readLanding(join(folder, 'nowhere'))).toEqual({ notes: [], orphans: [] });
  });
});
