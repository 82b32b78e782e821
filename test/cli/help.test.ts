import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../cli/program.ts';
import { liftproof, runProcess } from './shell.ts';

describe('completion', () => {
  /** What bash would offer after these words; the last one is being typed. */
  const offered = async (script: string, ...words: string[]): Promise<string[]> => {
    const line = ['liftproof', ...words].map((word) => `'${word}'`).join(' ');
    const { stdout, stderr } = await runProcess('bash', [
      '-c',
      `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _liftproof; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
    expect(stderr).toBe('');
    return stdout.split('\n').filter((word) => word !== '');
  };

  it('of bash offers commands, those below them, options and values', async () => {
    const { stdout: script, code } = await liftproof(['completion', 'bash']);
    expect(code).toBe(0);
    expect(await offered(script, '')).toEqual(makeProgram().commands.map((command) => command.name()));
    expect(await offered(script, 'plan', '')).toEqual(['geo', 'users', 'posting']);
    expect(await offered(script, 'model', 'lift', '--ga')).toEqual(['--gates']);
    expect(await offered(script, '-w', 'acme', 'report', 'channels', '--format', 'pa')).toEqual(['parquet']);
    // nothing is known: files
    expect(await offered(script, 'ingest', 'ord')).toEqual([]);
  });

  it('of fish and zsh knows every command, and no other shell is taken', async () => {
    const [fish, zsh, other] = await Promise.all(
      ['fish', 'zsh', 'tcsh'].map((shell) => liftproof(['completion', shell])),
    );
    for (const command of makeProgram().commands) expect(fish.stdout).toContain(`-a '${command.name()}'`);
    expect(zsh.stdout).toMatch(/^autoload -U \+X bashcompinit/);
    expect(other).toMatchObject({ code: 2, stdout: '' });
  });
});

/** Every command, with those below it. */
function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

describe('help', () => {
  it('says of every command, argument and option what it is', () => {
    const silent = commandsOf(makeProgram()).flatMap((command) =>
      [
        { name: '', description: command.description() },
        ...command.registeredArguments.map((argument) => ({
          name: argument.name(),
          description: argument.description,
        })),
        ...command.options.map((option) => ({ name: option.flags, description: option.description })),
      ]
        .filter(({ description }) => description.trim() === '')
        .map(({ name }) => `${command.name()} ${name}`),
    );
    expect(silent).toEqual([]);
  });

  it('tells about commands, commands below them and topics, and names the nearest', async () => {
    const [all, command, topic, wrong] = await Promise.all(
      [[], ['model', 'lift'], ['exit-codes'], ['exit-code']].map((words) => liftproof(['help', ...words])),
    );
    expect(all.stdout).toMatch(/Topics: exit-codes, environment, formats, workflow/);
    expect(command.stdout).toMatch(/^Usage: liftproof model lift /);
    expect(topic.stdout).toMatch(/^ {2}7 +the books do not reconcile/m);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/did you mean exit-codes\?/) });
  });
});
