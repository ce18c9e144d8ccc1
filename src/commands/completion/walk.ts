import { type Place, placesOf, quoted, valuedFlags } from './tree.ts';

/**
 * What one `$word` before the one that is typed means, as both bash and zsh read it, inside of their loop: the command
 * that it leads to in `$place`, how many arguments there are in `$count`, the flag whose value comes next in `$flag`.
 */
export function walk(program: Place): string {
  const steps = placesOf(program).filter(({ path }) => path !== '');
  const valued = valuedFlags(program).map(({ name }) => name);
  return `    if [ -n "$flag" ]; then flag=''; continue; fi
    case $word in
      ${valued.join('|')}) flag=$word ;;
      -*) ;;
      *)
        case "$place/$count/$word" in
${steps.map(stepLine).join('\n')}
          *) count=$((count + 1)) ;;
        esac
        ;;
    esac`;
}

function stepLine({ path, name }: Place): string {
  const above = path.split(' ').slice(0, -1).join(' ');
  return `          ${quoted(`${above}/0/${name}`)}) place=${quoted(path)} ;;`;
}
