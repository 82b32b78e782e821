import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { holdingFile } from '../pipeline/control/hold-file.ts';
import { ROOT, runProcess } from './run-process.ts';

/** The package as `npm pack` makes it of this checkout, installed. */
export interface Packed {
  /** a folder with `node_modules/liftproof` in it, as a user has one */
  home: string;
  /** that folder of the package */
  root: string;
  /** the program that the shell runs */
  program: string;
  /** address of a compiled module, named by its source: `pipeline/ingest.ts` */
  moduleAt(source: string): string;
}

const CACHE = join(ROOT, 'node_modules', '.cache', 'liftproof-packed');
const PARTS = ['api', 'cli', 'models', 'pipeline', 'sql', 'data-samples', 'docs'];
/** How long a package that is no longer that of the checkout stays: a suite that began before may still use it. */
const KEPT_MS = 3_600_000;

let packed: Promise<Packed> | undefined;

/**
 * The packed and installed program: made once for each state of the checkout, by whichever worker asks first. Tests of processes
 * run it because it is what users run, and because it starts in half the time that a checkout takes to be compiled.
 */
export function packedProgram(): Promise<Packed> {
  packed ??= findOrPack();
  return packed;
}

async function findOrPack(): Promise<Packed> {
  const home = join(CACHE, stateOfCheckout());
  mkdirSync(CACHE, { recursive: true });
  await holdingFile(join(CACHE, 'lock'), 120_000, async () => {
    if (existsSync(home)) return;
    forgetOld();
    const making = join(CACHE, 'making');
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making);
    await packInto(making);
    renameSync(making, home);
  });
  const root = join(home, 'node_modules', 'liftproof');
  return {
    home,
    root,
    program: join(home, 'node_modules', '.bin', 'liftproof'),
    moduleAt: (source) => pathToFileURL(join(root, 'dist', source.replace(/\.tsx?$/, '.js'))).href,
  };
}

/** Names every file that is packed or decides what is: what was packed of other bytes is not used. */
function stateOfCheckout(): string {
  const hash = createHash('sha256');
  const note = (path: string): void => {
    const { mtimeMs, size } = statSync(join(ROOT, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  for (const entry of readdirSync(ROOT, { withFileTypes: true })) if (entry.isFile()) note(entry.name);
  for (const part of PARTS)
    for (const name of readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' }).sort())
      note(join(part, name));
  return hash.digest('hex').slice(0, 16);
}

function forgetOld(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (/^[0-9a-f]{16}$/.test(name) && Date.now() - statSync(path).mtimeMs > KEPT_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

/**
 * `npm pack`, and what `npm install <tarball>` does then, without a network: unpack, link the command, and put beside it the
 * dependencies that package.json names, and no other.
 */
async function packInto(folder: string): Promise<void> {
  await successOf('npm', ['pack', '--silent', '--pack-destination', folder]);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  await successOf('tar', ['-xzf', join(folder, tarball), '-C', folder]);
  rmSync(join(folder, tarball));
  const installed = join(folder, 'node_modules', 'liftproof');
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  renameSync(join(folder, 'package'), installed);
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  chmodSync(join(installed, manifest.bin.liftproof), 0o755);
  symlinkSync(join('..', 'liftproof', manifest.bin.liftproof), join(folder, 'node_modules', '.bin', 'liftproof'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
}

async function successOf(command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runProcess(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
}
