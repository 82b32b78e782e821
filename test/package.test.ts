import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, runProcess, temporaryFolder } from './cli/shell.ts';

const { folder, remove } = temporaryFolder('package');
const installed = join(folder, 'node_modules', 'liftproof');
const command = join(folder, 'node_modules', '.bin', 'liftproof');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/**
 * What `npm install <tarball>` does, without a network: unpack, link the command, and put beside it the dependencies that
 * package.json names, and no other.
 */
async function installTarball(tarball: string): Promise<void> {
  mkdirSync(dirname(command), { recursive: true });
  const unpacked = await runProcess('tar', ['-xzf', tarball, '-C', folder]);
  expect(unpacked.code, unpacked.stderr).toBe(0);
  renameSync(join(folder, 'package'), installed);
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  chmodSync(join(installed, manifest.bin.liftproof), 0o755);
  symlinkSync(join('..', 'liftproof', manifest.bin.liftproof), command);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
}

describe('the package', () => {
  beforeAll(async () => {
    const packed = await runProcess('npm', ['pack', '--silent', '--pack-destination', folder]);
    expect(packed.code, packed.stderr + packed.stdout).toBe(0);
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    await installTarball(join(folder, tarball));
  });
  afterAll(remove);

  it('carries the program, the SQL, the sample brand and the licence, and no source or test', () => {
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'NOTICE',
      'README.md',
      'data-samples',
      'dist',
      'docs',
      'package.json',
      'pipeline',
      'sql',
    ]);
    // of the sources only what is no program: the migrations of the control store
    expect(
      readdirSync(join(installed, 'pipeline'), { recursive: true }).filter((name) => String(name).endsWith('.ts')),
    ).toEqual([]);
    expect(readdirSync(join(installed, 'pipeline', 'control', 'migrations')).length).toBeGreaterThan(1);
    expect(readdirSync(join(installed, 'dist')).sort()).toEqual(
      expect.arrayContaining(['api', 'cli', 'cli.js', 'index.d.ts', 'index.js', 'models', 'pipeline']),
    );
  });

  it('installs a command that knows its version', async () => {
    const result = await runProcess(command, ['version'], { cwd: folder });
    expect(result).toMatchObject({ code: 0, stderr: '', stdout: `${manifest.version}\n` });
  });

  it('runs the demo far from a checkout', async () => {
    const result = await runProcess(command, ['demo', '--json', '--quiet'], { cwd: folder });
    expect(result.code, result.stderr).toBe(0);
    const answer = JSON.parse(result.stdout);
    expect(answer.channels.rows.length).toBeGreaterThan(5);
    expect(Object.keys(answer.caused)).toContain('Paid Social');
  });

  it('is a library, worker threads included', async () => {
    writeFileSync(
      join(folder, 'example.js'),
      `import { attributePaths, attributePathsInWorkers, openWorkspace, pathsFromRows } from 'liftproof';
       const paths = pathsFromRows([
         { path: ['instagram', 'email'], conversions: 30, revenue: 1200, nonConversions: 10 },
         { path: ['email'], conversions: 20, revenue: 900, nonConversions: 400 },
       ]);
       const here = attributePaths(paths, { model: 'markov', order: 1, seed: 1, replicates: 40 });
       const [there] = await attributePathsInWorkers(paths, ['markov'], { order: 1, seed: 1, replicates: 40 }, 2);
       console.log(JSON.stringify({ same: JSON.stringify(here) === JSON.stringify(there), verb: typeof openWorkspace }));`,
    );
    const result = await runProcess(process.execPath, ['example.js'], { cwd: folder });
    expect(result.stderr).toBe('');
    expect(JSON.parse(result.stdout)).toEqual({ same: true, verb: 'function' });
  });
});
