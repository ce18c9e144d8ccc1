import { SetupError } from '../errors.ts';

/** A part of a secret template: text as it is, or the name of a secret and what is done to its value. */
export type TemplatePart = string | { readonly secret: string; readonly filters: readonly Filter[] };

/** Encodings that a value goes through on its way into a template. */
export type Filter = keyof typeof FILTERS;

const FILTERS = {
  /** Percent-encoded, RFC 3986: only unreserved characters stay. */
  url: (value: string): string =>
    Array.from(Buffer.from(value), (byte) =>
      /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${hex(byte, 2)}`,
    ).join(''),
  /** The inside of a TOML basic string. */
  toml: (value: string): string =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what TOML wants escaped
    value.replace(/["\\\u0000-\u001f\u007f]/g, (sign) =>
      sign === '"' || sign === '\\' ? `\\${sign}` : `\\u${hex(sign.charCodeAt(0), 4)}`,
    ),
} as const;

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)((?:\|[a-z]+)*)\}/g;

/** Takes a template apart: `${NAME}`, `${NAME|url}`, `${NAME|url|toml}`. `where` names it in errors. */
export function parseTemplate(template: string, where: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const { 0: whole, 1: secret = '', 2: chain = '', index } of template.matchAll(PLACEHOLDER)) {
    parts.push(literal(template.slice(end, index), where), {
      secret,
      filters: chain
        .split('|')
        .slice(1)
        .map((name) => filter(name, where)),
    });
    end = index + whole.length;
  }
  return [...parts, literal(template.slice(end), where)];
}

/** Puts a template together; undefined where a value is missing. */
export function fillTemplate(
  parts: readonly TemplatePart[],
  value: (name: string) => string | undefined,
): string | undefined {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const found = value(part.secret);
    if (found === undefined) return undefined;
    text += part.filters.reduce((sofar, name) => FILTERS[name](sofar), found);
  }
  return text;
}

function literal(text: string, where: string): string {
  if (!text.includes('${')) return text;
  throw wrong(where, `has a placeholder that is none: ${text.slice(text.indexOf('${'))}`);
}

function filter(name: string, where: string): Filter {
  if (name === 'url' || name === 'toml') return name;
  throw wrong(where, `uses the unknown encoding "${name}"`);
}

function wrong(where: string, what: string): SetupError {
  return new SetupError('usage', `${where} ${what}.`, {
    code: 'secret-template-invalid',
    next: [`Write \${NAME}, \${NAME|url} or \${NAME|toml} in ${where} of trading-setup.yaml.`],
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, '0');
}
