export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof SHELLS)[number];

interface Word {
  readonly word: string;
  readonly text: string;
}

/** What may follow a command. */
export interface CommandWords {
  /** The words that lead to it; none for the program. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
}

/** The script that lets a shell complete crossfold. Files are completed where no command can follow. */
export function completionScript(shell: ShellName, all: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(all);
    case 'zsh':
      return `#compdef crossfold\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(all)}`;
    case 'fish':
      return fishScript(all);
  }
}

function bashScript(all: readonly CommandWords[]): string {
  const cases = all.map(({ path, commands, options }) => {
    const words = [...commands, ...options].map(({ word }) => word).join(' ');
    return `    '${path.join(' ')}') words='${words}' ;;`;
  });
  const known = all
    .map(({ path }) => path.join(' '))
    .filter((path) => path !== '')
    .join(' : ');
  return `_crossfold() {
  local path='' word words known
  known=': ${known} :'
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) continue ;; esac
    case "$known" in *": \${path:+$path }$word :"*) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _crossfold crossfold`;
}

function fishScript(all: readonly CommandWords[]): string {
  const [program, ...commands] = all;
  const top = (program?.commands ?? []).map(
    ({ word, text }) => `complete -c crossfold -n __fish_use_subcommand -f -a ${word} -d ${quoted(text)}`,
  );
  const rest = commands.flatMap(({ path, commands: below, options }) => {
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    return [
      ...below.map(({ word, text }) => `complete -c crossfold -n '${seen}' -f -a ${word} -d ${quoted(text)}`),
      ...options.map(({ word, text }) => `complete -c crossfold -n '${seen}' -l ${word.slice(2)} -d ${quoted(text)}`),
    ];
  });
  return [...top, ...rest].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
