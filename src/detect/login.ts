import { certain, likely } from './belief.ts';
import { type Code, isDead } from './code.ts';
import type { Belief, WarningFact } from './facts.ts';
import { functionAt, sourcesWith } from './rust/program.ts';
import { lineAt, literalsIn, type RustSource } from './rust/source.ts';

/** What checks a caller; sending an `Authorization` header or allowing it by CORS does not. */
const LOGIN =
  /\bRequireAuthorizationLayer\b|\bValidateRequestHeaderLayer\b|\bAuthManagerLayer|\bHttpAuthentication\b|\bBearerAuth\b|\bBasicAuth\b|\bIdentityMiddleware\b|\bTypedHeader\s*<\s*Authorization\b|\.\s*get\s*\(\s*(?:\w+\s*::\s*)*AUTHORIZATION\b|\bfrom_fn(?:_with_state)?\s*\([^;]{0,120}?(?:auth|login|token|api_key|session)\w*/gi;
const LOGIN_HEADER = /^(?:authorization|x-api-key)$/i;
const WEB = ['axum', 'actix_web', 'actix_web_httpauth', 'tower_http', 'HeaderMap', 'rocket', 'warp', 'axum_login'];

/** Whether living code asks callers who they are, and where. */
export function detectLogin(code: Code): { readonly apiLogin: boolean; readonly reason: Belief } {
  for (const source of sourcesWith(code.program, WEB)) {
    const at = loginIn(code, source);
    if (at !== undefined) return { apiLogin: true, reason: likely({ file: source.path, line: lineAt(source, at) }) };
  }
  return { apiLogin: false, reason: { confidence: 'likely', over: [] } };
}

function loginIn(code: Code, source: RustSource): number | undefined {
  const alive = (offset: number): boolean => {
    const within = functionAt(code.program, source, offset);
    return within !== undefined && !isDead(code, within);
  };
  const use = [...source.code.matchAll(LOGIN)].find(({ index }) => alive(index));
  if (use) return use.index;
  return source.literals.find(
    ({ value, start }) =>
      LOGIN_HEADER.test(value) &&
      /\.\s*(?:get|header)\s*\(\s*$|\bheader\s*::\s*(?:exact|header)?\s*\(\s*$/.test(
        source.code.slice(Math.max(0, start - 40), start),
      ) &&
      !/\b(?:client|request|req|builder)\w*\s*[.(][^;]{0,200}$/.test(
        source.code
          .slice(Math.max(0, start - 200), start)
          .split(';')
          .at(-1) ?? '',
      ) &&
      alive(start),
  )?.start;
}

const ANY_ORIGIN =
  /\bCorsLayer\s*::\s*(?:permissive|very_permissive)\s*\(|\ballow_origin\s*\(\s*(?:\w+\s*::\s*)*(?:Any\b|AllowOrigin\s*::\s*any\b)|\bCors\s*::\s*permissive\s*\(|\ballow_any_origin\s*\(|\bAllowedOrigins\s*::\s*all\s*\(|\ballow_origin\s*\(\s*"\s?\s?\s?"/g;

/** Pages of any origin may call the API. */
export function openCors(code: Code): WarningFact[] {
  const words = ['CorsLayer', 'Cors', 'cors', 'allow_origin', 'allow_any_origin', 'AllowedOrigins'];
  for (const source of sourcesWith(code.program, words)) {
    for (const match of source.code.matchAll(ANY_ORIGIN)) {
      if (isDead(code, functionAt(code.program, source, match.index))) continue;
      // A text in the call says which origin: only `*` is any.
      const end = match.index + match[0].length;
      const said = match[0].endsWith('"') ? textBefore(source, end) : '*';
      if (said !== '*') continue;
      const { evidence } = certain({ file: source.path, line: lineAt(source, match.index) });
      const message = 'the web API answers pages of any origin: a page in the browser can use it';
      return [{ code: 'cors-any-origin', message, evidence }];
    }
  }
  return [];
}

/** The text that ends at an offset; short ones only, which is all that is asked. */
function textBefore(source: RustSource, end: number): string | undefined {
  return literalsIn(source, end - 8, end).find((literal) => literal.end === end)?.value;
}
