/** One short script for each shell: it asks `ringdown complete` for what the last word may become. */

const bash = `# bash completion of ringdown
_ringdown() {
  local word words
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <("\${COMP_WORDS[0]}" complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _ringdown ringdown
`

const zsh = `#compdef ringdown
# zsh completion of ringdown
_ringdown() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=(\${candidates:#})
  if (( \${#candidates} )); then
    compadd -- "\${candidates[@]}"
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_ringdown" ]; then
  _ringdown "$@"
else
  compdef _ringdown ringdown
fi
`

const fish = `# fish completion of ringdown
function __ringdown_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c ringdown -a '(__ringdown_complete)'
`

export const completionScripts = { bash, zsh, fish } as const
