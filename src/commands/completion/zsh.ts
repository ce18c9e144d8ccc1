import { type Offer, type Place, placesOf, quoted, valuedFlags } from './tree.ts';
import { walk } from './walk.ts';

function offer(it: Offer): string {
  switch (it.kind) {
    case 'words':
      return `compadd -- ${it.words.map(quoted).join(' ')}`;
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'secrets':
    case 'settings':
      return `_trading_setup_ask ${it.kind}`;
    case 'nothing':
      return ':';
  }
}

/** `name:about` as `_describe` reads it. */
function described(name: string, about: string): string {
  return quoted(`${name}:${about}`);
}

function placeLines({ path, flags, commands, arguments: wanted }: Place): string {
  const list = (what: string, entries: readonly string[]) => `offers=(${entries.join(' ')}); _describe ${what} offers`;
  const inOrder = wanted.map((each, at) => `        ${quoted(`${path}/${at}`)}) ${offer(each)} ;;`);
  const words =
    commands.length === 0
      ? []
      : [
          `        ${quoted(`${path}/0`)}) ${list(
            'command',
            commands.map(({ name, about }) => described(name, about)),
          )} ;;`,
        ];
  const dashed = `        ${quoted(`${path}/-`)}) ${list(
    'flag',
    flags.map(({ name, about }) => described(name, about)),
  )} ;;`;
  return [dashed, ...words, ...inOrder].join('\n');
}

/** The script for zsh: to be sourced, or a file `_trading-setup` in a folder of `$fpath`. */
export function zshScript(program: Place): string {
  const places = placesOf(program);
  const valued = valuedFlags(program);
  return `#compdef trading-setup
# Completion of trading-setup for zsh, made by: trading-setup completion zsh

# Names from the trading-setup.yaml that is meant; never a value.
_trading_setup_ask() {
  local -a names open
  names=(\${(f)"$("$words[1]" offer "$1" -- "\${(@)words}" 2>/dev/null)"})
  open=(\${(M)names:#*=})
  names=(\${names:#*=})
  (( $#open )) && compadd -S '' -- $open
  (( $#names )) && compadd -- $names
}

_trading_setup() {
  local word place= count=0 flag=
  local -a offers
  for word in "\${(@)words[2,CURRENT-1]}"; do
${walk(program)}
  done
  if [[ $words[CURRENT] == --*=* ]]; then
    flag=\${words[CURRENT]%%=*}
    compset -P 1 '*='
  elif [[ -z $flag && $words[CURRENT] == -* ]]; then
    count=-
  fi
  case $flag in
${valued.map(({ name, value = { kind: 'nothing' } }) => `    ${name}) ${offer(value)} ;;`).join('\n')}
    *)
      case "$place/$count" in
${places.map(placeLines).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _trading_setup || $funcstack[1] == _trading-setup ]]; then
  _trading_setup "$@"
else
  compdef _trading_setup trading-setup
fi
`;
}
