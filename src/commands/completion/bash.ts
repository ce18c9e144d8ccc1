import { type Offer, type Place, placesOf, quoted, valuedFlags } from './tree.ts';
import { walk } from './walk.ts';

/** Lines that offer something; they run inside `_trading_setup`. */
function offer(it: Offer): string {
  switch (it.kind) {
    case 'words':
      return `_trading_setup_offer ${it.words.map(quoted).join(' ')}`;
    case 'files':
      return '_trading_setup_paths -f';
    case 'folders':
      return '_trading_setup_paths -d';
    case 'secrets':
    case 'settings':
      return `_trading_setup_ask ${it.kind}`;
    case 'nothing':
      return ':';
  }
}

function placeLines({ path, flags, commands, arguments: wanted }: Place): string {
  const names = commands.map(({ name }) => quoted(name)).join(' ');
  const inOrder = wanted.map((each, at) => `        ${quoted(`${path}/${at}`)}) ${offer(each)} ;;`);
  const words = names === '' ? [] : [`        ${quoted(`${path}/0`)}) _trading_setup_offer ${names} ;;`];
  const dashed = `        ${quoted(`${path}/-`)}) _trading_setup_offer ${flags.map(({ name }) => quoted(name)).join(' ')} ;;`;
  return [dashed, ...words, ...inOrder].join('\n');
}

/** The script for bash; of version 3.2 too, which macOS has. */
export function bashScript(program: Place): string {
  const places = placesOf(program);
  const valued = valuedFlags(program);
  return `# Completion of trading-setup for bash, made by: trading-setup completion bash

# Words that begin with what was typed; nothing in them is expanded.
_trading_setup_offer() {
  local word
  for word in "$@"; do
    [ "\${word#"$_trading_setup_typed"}" = "$word" ] && [ -n "$_trading_setup_typed" ] && continue
    case $word in *=) type compopt >/dev/null 2>&1 && compopt -o nospace ;; esac
    # Bash replaces only what stands behind the last sign at which it takes a word apart.
    COMPREPLY[\${#COMPREPLY[@]}]=\${word#"$_trading_setup_fixed"}
  done
}

_trading_setup_paths() {
  local word
  type compopt >/dev/null 2>&1 && compopt -o filenames
  while IFS= read -r word; do COMPREPLY[\${#COMPREPLY[@]}]=$word; done < <(compgen "$1" -- "$_trading_setup_typed")
}

# Names from the trading-setup.yaml that is meant; never a value.
_trading_setup_ask() {
  local word names=()
  while IFS= read -r word; do names[\${#names[@]}]=$word; done \\
    < <("\${_trading_setup_words[0]}" offer "$1" -- "\${_trading_setup_words[@]}" 2>/dev/null)
  [ \${#names[@]} -eq 0 ] || _trading_setup_offer "\${names[@]}"
}

_trading_setup() {
  local at word last joined='' place='' count=0 flag='' _trading_setup_typed='' _trading_setup_fixed=''
  local _trading_setup_words=()
  COMPREPLY=()
  # Bash takes words apart at "=": together again.
  for ((at = 0; at <= COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    last=$((\${#_trading_setup_words[@]} - 1))
    case $word in
      =*) joined=$word ;;
      *) [ "$joined" = = ] || { _trading_setup_words[last + 1]=$word; continue; }; joined='' ;;
    esac
    _trading_setup_words[last]=\${_trading_setup_words[last]}$word
  done
  last=$((\${#_trading_setup_words[@]} - 1))
  for ((at = 1; at < last; at++)); do
    word=\${_trading_setup_words[at]}
${walk(program)}
  done
  _trading_setup_typed=\${_trading_setup_words[last]}
  case $_trading_setup_typed in
    --*=*) flag=\${_trading_setup_typed%%=*} _trading_setup_typed=\${_trading_setup_typed#*=} ;;
  esac
  case $_trading_setup_typed in
    *=*) _trading_setup_fixed=\${_trading_setup_typed%=*}= ;;
  esac
  case $flag in
${valued.map(({ name, value = { kind: 'nothing' } }) => `    ${name}) ${offer(value)} ;;`).join('\n')}
    *)
      case $_trading_setup_typed in -*) count=- ;; esac
      case "$place/$count" in
${places.map(placeLines).join('\n')}
      esac
      ;;
  esac
}

complete -F _trading_setup trading-setup
`;
}
