/** Words of a Rust name, as clap splits them: `HTTPServer` and `http_server` are both [HTTP, Server]. */
function wordsOf(name: string): readonly string[] {
  return name.match(/[A-Z]+(?![a-z])\d*|[A-Z]?[a-z0-9]+|[0-9]+/g) ?? [name];
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}

/** A name in the case that `rename_all` asks for; without one in that of `otherwise`. */
export function inCase(name: string, rename: string | undefined, otherwise = 'kebab-case'): string {
  const words = wordsOf(name);
  // clap takes the names of cases in any spelling.
  switch ((rename ?? otherwise).toLowerCase().replace(/[^a-z]/g, '')) {
    case 'snake':
    case 'snakecase':
      return words.join('_').toLowerCase();
    case 'screamingsnake':
    case 'screamingsnakecase':
      return words.join('_').toUpperCase();
    case 'screamingkebabcase':
      return words.join('-').toUpperCase();
    case 'lower':
    case 'lowercase':
      return words.join('').toLowerCase();
    case 'upper':
    case 'uppercase':
      return words.join('').toUpperCase();
    case 'verbatim':
      return name;
    case 'pascal':
    case 'pascalcase':
      return words.map(capital).join('');
    case 'camel':
    case 'camelcase':
      return words.map((word, index) => (index === 0 ? word.toLowerCase() : capital(word))).join('');
    default:
      return words.join('-').toLowerCase();
  }
}
