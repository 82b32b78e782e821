import type { Command } from 'commander';
import { knownFlag } from './flags.ts';
import { print } from './terminal.ts';

/** What may follow a command: the commands below it, and its options with those of the program. */
interface CompletionNode {
  /** words after `liftproof`, parted by blanks; empty for the program */
  path: string;
  commands: { name: string; about: string }[];
  options: { flag: string; about: string; choices: readonly string[]; takesValue: boolean }[];
}

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/**
 * Prints a script that completes commands, options and the values that can be listed. It is made from the commands themselves.
 *
 * @throws InputError `unknown_name` for another shell
 */
export function completionCommand(program: Command, shell: string): void {
  const known = knownFlag('completion', shell, SHELLS);
  const nodes = nodesOf(program);
  print(known === 'fish' ? fishScript(nodes) : known === 'zsh' ? zshScript(nodes) : bashScript(nodes));
}

function nodesOf(program: Command): CompletionNode[] {
  const out: CompletionNode[] = [];
  const visit = (command: Command, path: string): void => {
    const own = command === program ? [] : command.options;
    out.push({
      path,
      commands: command.commands.map((below) => ({ name: below.name(), about: below.description() })),
      options: [...own, ...program.options].map((option) => ({
        flag: option.long!,
        about: option.description,
        choices: option.argChoices ?? [],
        takesValue: option.required || option.optional,
      })),
    });
    for (const below of command.commands) visit(below, path === '' ? below.name() : `${path} ${below.name()}`);
  };
  visit(program, '');
  return out;
}

/** Words after the command line so far, by the path of commands in it. Where nothing is known, files are completed. */
function bashScript(nodes: readonly CompletionNode[]): string {
  const names = nodes.flatMap(({ path }) => (path === '' ? [] : [path.split(' ').at(-1)!]));
  return `_liftproof() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${nodes
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      ${quoted(path.includes(' ') ? path : ` ${path}`)}) path=${quoted(path)} ;;`)
  .join('\n')}
    esac
  done
  COMPREPLY=()
  case "$path:$before" in
${nodes
  .flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ flag, choices }) =>
          `    ${quoted(`${path}:${flag}`)}) COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$word")); return ;;`,
      ),
  )
  .join('\n')}
  esac
  case "$path" in
${nodes
  .map(({ path, commands, options }) => {
    const words = quoted(commands.map(({ name }) => name).join(' '));
    const flags = quoted(options.map(({ flag }) => flag).join(' '));
    return `    ${quoted(path)}) if [[ "$word" == -* ]]; then COMPREPLY=($(compgen -W ${flags} -- "$word")); else COMPREPLY=($(compgen -W ${words} -- "$word")); fi ;;`;
  })
  .join('\n')}
  esac
}
complete -o default -F _liftproof liftproof
# ${names.length} commands`;
}

/** zsh reads the script of bash, by its own layer for it. */
function zshScript(nodes: readonly CompletionNode[]): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(nodes)}`;
}

function fishScript(nodes: readonly CompletionNode[]): string {
  const lines = ['complete -c liftproof -e'];
  for (const { path, commands, options } of nodes) {
    const words = path === '' ? [] : path.split(' ');
    const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`);
    const none =
      commands.length === 0 ? [] : [`not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(' ')}`];
    const when = [...seen, ...none].join('; and ');
    const condition = when === '' ? '' : ` -n ${quoted(when)}`;
    for (const { name, about } of commands)
      lines.push(`complete -c liftproof -f${condition} -a ${quoted(name)} -d ${quoted(about)}`);
    for (const { flag, about, choices, takesValue } of options) {
      const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
      lines.push(`complete -c liftproof${condition} -l ${flag.slice(2)}${values} -d ${quoted(about)}`);
    }
  }
  return lines.join('\n');
}

/** A word of the shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\\\''`)}'`;
}
