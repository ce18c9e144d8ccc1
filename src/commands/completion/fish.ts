import { type Offer, type Place, placesOf, quoted, valuedFlags } from './tree.ts';

/** Arguments of `complete` that offer something. */
function offer(it: Offer): string {
  switch (it.kind) {
    case 'words':
      return `-x -a ${quoted(it.words.join(' '))}`;
    case 'files':
      return '-r -F';
    case 'folders':
      return `-x -a '(__fish_complete_directories (commandline -ct))'`;
    case 'secrets':
    case 'settings':
      return `-x -a '(__trading_setup_ask ${it.kind})'`;
    case 'nothing':
      return '-x';
  }
}

function linesOf({ path, flags, commands, arguments: wanted }: Place): readonly string[] {
  const at = (count: string) => `complete -c trading-setup -n '__trading_setup_at "${path}/${count}"'`;
  return [
    ...commands.map(({ name, about }) => `${at('0')} -f -a ${name} -d ${quoted(about)}`),
    ...flags.map(({ name, about, value }) => {
      const takes = value === undefined ? '' : ` ${offer(value)}`;
      return `${at('*')} -l ${name.replace(/^--/, '')}${takes} -d ${quoted(about)}`;
    }),
    ...wanted.filter(({ kind }) => kind !== 'nothing').map((each, index) => `${at(`${index}`)} ${offer(each)}`),
  ];
}

/** The script for fish, 3.1 or newer. */
export function fishScript(program: Place): string {
  const places = placesOf(program);
  const steps = places.filter(({ path }) => path !== '');
  const valued = valuedFlags(program);
  return `# Completion of trading-setup for fish, made by: trading-setup completion fish

# Where the cursor is: the command, and how many arguments of it were typed.
function __trading_setup_place
    set -l words (commandline -opc)
    set -l place ''
    set -l count 0
    set -l flag ''
    for word in $words[2..-1]
        if test -n "$flag"
            set flag ''
            continue
        end
        switch $word
            case ${valued.map(({ name }) => name).join(' ')}
                set flag $word
            case '-*'
            case '*'
                switch "$place/$count/$word"
${steps.map(({ path, name }) => `                    case ${quoted(`${path.split(' ').slice(0, -1).join(' ')}/0/${name}`)}\n                        set place ${quoted(path)}`).join('\n')}
                    case '*'
                        set count (math $count + 1)
                end
        end
    end
    echo "$place/$count"
end

function __trading_setup_at
    string match -q -- $argv[1] (__trading_setup_place)
end

# Names from the trading-setup.yaml that is meant; never a value.
function __trading_setup_ask
    set -l words (commandline -opc)
    eval (string escape -- $words[1]) offer $argv[1] -- (string escape -- $words) 2>/dev/null
end

complete -c trading-setup -e
complete -c trading-setup -f
${places.flatMap(linesOf).join('\n')}
`;
}
