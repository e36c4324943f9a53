export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What a shell has to run once. All of them ask `riposte __complete`, and fall back to the names of files. */
export function completionScript(shell: Shell): string {
  return `${SCRIPTS[shell].join("\n")}\n`;
}

const SCRIPTS: Readonly<Record<Shell, readonly string[]>> = {
  bash: [
    "# For ~/.bashrc: source <(riposte completion bash)",
    "_riposte() {",
    "  local word line",
    "  local -a before=()",
    "  COMPREPLY=()",
    "  # bash makes three words of --flag=value.",
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do [[ $word == "=" ]] || before+=("$word"); done',
    "  while IFS= read -r line; do",
    "    COMPREPLY+=(\"${line%%$'\\t'*}\")",
    '  done < <("$1" __complete -- "${before[@]}" "$2" 2>/dev/null)',
    "}",
    "complete -o default -F _riposte riposte",
  ],
  zsh: [
    "#compdef riposte",
    "# For ~/.zshrc, after compinit: source <(riposte completion zsh)",
    "_riposte() {",
    "  local line",
    "  local -a lines described",
    '  lines=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")',
    '  for line in "${lines[@]}"; do',
    "    [[ -n $line ]] && described+=(\"${line%%$'\\t'*}:${line#*$'\\t'}\")",
    "  done",
    "  if (( ${#described} )); then _describe riposte described; else _files; fi",
    "}",
    'if [[ ${funcstack[1]} == _riposte ]]; then _riposte "$@"; else compdef _riposte riposte; fi',
  ],
  fish: [
    "# For ~/.config/fish/config.fish: riposte completion fish | source",
    "function __riposte_complete",
    "    set -l before (commandline -opc)",
    "    set -l current (commandline -ct)",
    '    set -l found ($before[1] __complete -- $before[2..-1] "$current" 2>/dev/null)',
    "    if test (count $found) -gt 0",
    "        printf '%s\\n' $found",
    "    else",
    '        __fish_complete_path "$current"',
    "    end",
    "end",
    "complete -c riposte -f -a '(__riposte_complete)'",
  ],
};
