import { type Link, linksAfter, textArgument } from '../config/calls.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource } from '../rust/source.ts';
import type { EnvRead } from './reads.ts';

const ARGUMENT = /\bArg\s*::\s*(?:new|with_name)\s*\(|\barg\s*!\s*\(/g;

/** Arguments of clap's builder that the environment fills: `Arg::new("key").env("NAME")`. */
export function builderEnv(program: Program): EnvRead[] {
  return sourcesWith(program, ['Arg', 'arg']).flatMap((source) =>
    [...source.code.matchAll(ARGUMENT)].flatMap((match): EnvRead[] => {
      const open = match.index + match[0].length - 1;
      const links = linksAfter(source, open);
      const env = links.find(({ method }) => method === 'env' || method === 'env_os');
      const name = env && textArgument(program, { source, open: env.open });
      if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return [];
      const value = defaultOf(program, source, links);
      // `arg!(--key <KEY>)` is required only where it has no dashes; a default settles it.
      const required = value === undefined && isRequired(source, links);
      const field = literalsIn(source, open, closeOf(source, open))[0]?.value.replace(/\W+/g, '_');
      return [
        {
          name,
          source,
          offset: match.index,
          function: functionAt(program, source, match.index),
          absence: { required, ...(value !== undefined && value !== '' && { default: value }) },
          ...(field !== undefined && /^\w+$/.test(field) && { field }),
        },
      ];
    }),
  );
}

function defaultOf(program: Program, source: RustSource, links: readonly Link[]): string | undefined {
  const link = links.find(({ method }) => /^default_values?(?:_os)?$/.test(method));
  return link && (textArgument(program, { source, open: link.open }) ?? '');
}

function isRequired(source: RustSource, links: readonly Link[]): boolean {
  return links.some(
    ({ method, open }) => method === 'required' && /^\(\s*true\b/.test(source.code.slice(open, open + 20)),
  );
}
