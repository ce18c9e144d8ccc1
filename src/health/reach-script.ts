/** An address to try. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** What a service is told of addresses, as far as that is known outside of its container. */
export interface ReachPlan {
  readonly service: string;
  readonly addresses: readonly Address[];
  /** Variables whose addresses it never calls, e.g. where a browser is sent to. */
  readonly skip: readonly string[];
  /** Names that are this stack itself. */
  readonly own: readonly string[];
  /** Files of the repository in its image that may hold addresses. */
  readonly files: readonly string[];
  /** Its secrets hold addresses by their names, which are known in its container only. */
  readonly hidden: boolean;
}

/** How long one address may take. */
const PATIENCE_S = 3;
/** A file of addresses is no configuration. */
const MOST = 20;
/** So much is read of a line, and of all files, in bytes: the trader beside it needs its CPU for other things. */
const LINE_MOST = 8 * 1024;
const TEXT_MOST = 64 * 1024;
/** The end of the whole look inside the container, in seconds, whatever becomes of who asked. */
export const END_S = 4;

/**
 * Run by bash inside the container, from standard input. It reads what the service is told (its secret files and config
 * files too), tries each host, and prints `WORD SCHEME HOST PORT` for each: of a value nothing but host and port.
 */
const SCRIPT = `LC_ALL=C
seen=' ' count=0 left=${TEXT_MOST}
try() { # SCHEME HOST PORT
  local key="$2/$3" said code word
  case " $own " in *" $2 "*) return ;; esac
  case $2 in localhost | 127.* | 0.0.0.0 | ::1) return ;; esac
  case $seen in *" $key "*) return ;; esac
  [ "$count" -lt ${MOST} ] || return
  seen="$seen$key " count=$((count + 1))
  {
    said=$(HOST=$2 PORT=$3 timeout ${PATIENCE_S} bash -c 'exec 3<>"/dev/tcp/$HOST/$PORT"' 2>&1)
    code=$?
    case $code:$said in
    0:*) word=open ;;
    124:* | *'timed out'*) word=late ;;
    *refused*) word=refused ;;
    *'not known'* | *'name resolution'* | *'No address'*) word=unknown ;;
    *unreachable* | *'No route'*) word=noway ;;
    *) word=failed ;;
    esac
    printf '%s %s %s %s\\n' "$word" "$1" "$2" "$3"
  } </dev/null &
}
search() { # LINE
  local rest=\${1:0:${LINE_MOST}} tail cut= scheme at host port
  [ \${#1} -le ${LINE_MOST} ] && [ "$left" -ge 0 ] || cut=yes
  while [ "$count" -lt ${MOST} ] && [[ $rest =~ (https?|wss?)://([^]/?#[:space:]\\"\\'\\\`\\<\\>}\\),\\;\\\\[]+|\\[[0-9a-fA-F:]+\\](:[0-9]+)?)(.*) ]]; do
    scheme=\${BASH_REMATCH[1]} at=\${BASH_REMATCH[2]} rest=\${BASH_REMATCH[4]}
    tail=\${rest%%[[:space:]\\"\\'\\\`]*}
    # What goes on behind the cut is not known.
    [ -z "$cut" ] || [ "$tail" != "$rest" ] || return
    # A secret with a sign in it that ends an address: the host comes later, and this is a part of the secret.
    case $tail in *@*) continue ;; esac
    at=\${at##*@}
    case $at in
    \\[*) host=\${at%]*} host=\${host#[} port=\${at##*]} port=\${port#:} ;;
    *:*) host=\${at%%:*} port=\${at##*:} ;;
    *) host=$at port= ;;
    esac
    [[ $host =~ ^[A-Za-z0-9._:-]+$ && $port =~ ^[0-9]{0,5}$ ]] || continue
    case $scheme in https | wss) port=\${port:-443} ;; *) port=\${port:-80} ;; esac
    try "$scheme" "$host" "$port"
  done
}
text() { # FILE COMMENT
  local line
  while [ "$left" -gt 0 ] && { IFS= read -r line || [ -n "$line" ]; }; do
    left=$((left - \${#line} - 1))
    [[ -n $2 && $line =~ ^[[:space:]]*($2) ]] || search "$line"
  done < <(head -c "$left" "$1")
}
secrets() {
  local file
  for file in /run/secrets/env/*; do
    [ -s "$file" ] || continue
    case " $skip " in *" \${file##*/} "*) continue ;; esac
    text "$file" ''
  done
}
told() {
  local what first second third
  while IFS=' ' read -r what first second third; do
    case $what in
    try) try "$first" "$second" "$third" ;;
    secrets) secrets ;;
    file) [ -f "$first" ] && text "$first" '#|//' ;;
    esac
  done
}
`;

/** The script with what is known of a service; none of it is secret. */
export function reachScript({ addresses, skip, own, files }: ReachPlan): string {
  const lines = [
    ...addresses.map(({ host, port, tls }) => `try ${tls ? 'https' : 'http'} ${host} ${port}`),
    'secrets',
    ...files.filter((path) => !/\s/.test(path)).map((path) => `file ${path}`),
  ];
  const quiet = (names: readonly string[]) => names.filter((name) => /^[\w.-]+$/.test(name)).join(' ');
  return `own='${quiet(own)}' skip='${quiet(skip)}'\n${SCRIPT}told <<'TARGETS'\n${lines.join('\n')}\nTARGETS\nwait\n`;
}

const LINE = /^(open|late|refused|unknown|noway|failed) (https?|wss?) ([\w.:-]+) (\d{1,5})$/;

/** What one line of it says; undefined: nothing. */
export function parseReach(line: string): { readonly word: string; readonly at: Address } | undefined {
  const [, word, scheme = '', host = '', port] = LINE.exec(line.trim()) ?? [];
  if (word === undefined) return undefined;
  return { word, at: { host, port: Number(port), tls: scheme === 'https' || scheme === 'wss' } };
}
