import { certain, guess, likely } from './belief.ts';
import type { Flag } from './clap/flags.ts';
import type { Code } from './code.ts';
import type { ConfigFileFact, EnvFact, SwitchFact } from './facts.ts';
import { sourcesWith } from './rust/program.ts';

/** Names that are on where nothing is traded for real, and names that are on where it is. */
const PAPER =
  /^(?:(?:is|use|enable)_)?(?:dry_?run|paper(?:_?(?:trading|mode|trade|account))?|test_?net|sandbox(?:_mode)?|simulat(?:e|ed|ion)(?:_mode)?|demo(?:_mode)?|mock_trading)$/i;
const LIVE =
  /^(?:(?:is|use|enable)_)?(?:live(?:_?(?:trading|mode))?|main_?net|real_?(?:trading|money)|production_trading|execute_orders|place_orders)$/i;
/** Names whose value says which. */
const CHOICE = /^(?:(?:trading|trade|run|execution|bot|exchange|broker)_)?(?:mode|network)$/i;
const PAPER_VALUE = /^(?:paper|dry[-_]?run|test(?:net)?|sandbox|simulat(?:ed|ion)|demo)$/i;
const LIVE_VALUE = /^(?:live|main(?:net)?|real|production|prod)$/i;

/** Switches between paper and live trading: variables, keys of config files, flags. */
export function detectSwitches(
  code: Code,
  env: readonly EnvFact[],
  config: readonly ConfigFileFact[],
  flags: readonly Flag[],
): SwitchFact[] {
  const keys = config.flatMap((file) => fromFile(code, file));
  const known = new Set(keys.map(({ name }) => name));
  const variables = env
    .filter(({ dead, key }) => !dead && (key === undefined || !known.has(key)))
    .flatMap(({ name, default: value, evidence }) => {
      const paper = paperValue(withoutPrefix(name), value);
      return paper === undefined
        ? []
        : [{ name, by: 'env' as const, paper, ...(value !== undefined && { value }), ...certain(evidence) }];
    });
  const options = flags
    .filter(({ env: filled }) => filled === undefined)
    .flatMap(({ flag, name, type, default: value, evidence }) => {
      const paper = paperValue(name, value);
      if (paper === undefined) return [];
      const isBool = /^bool\b/.test(type);
      const now = value ?? (isBool ? 'false' : undefined);
      return [
        { name: flag, by: 'flag' as const, paper, ...(now !== undefined && { value: now }), ...certain(evidence) },
      ];
    });
  const all = [...keys, ...variables, ...options];
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

/** `BOT_DRY_RUN` is `DRY_RUN` of a bot: the name may have words before it. */
function withoutPrefix(name: string): string {
  const words = name.split(/_+/);
  const rests = words.map((_, index) => words.slice(index).join('_'));
  return rests.find((rest) => PAPER.test(rest) || LIVE.test(rest)) ?? name;
}

/** The value with which nothing is traded for real; nothing where the name is no such switch. */
function paperValue(name: string, value: string | undefined): string | undefined {
  if (PAPER.test(name)) return /^(?:0|1)$/.test(value ?? '') ? '1' : 'true';
  if (LIVE.test(name)) return /^(?:0|1)$/.test(value ?? '') ? '0' : 'false';
  if (!CHOICE.test(name) || value === undefined) return undefined;
  if (PAPER_VALUE.test(value)) return value;
  return LIVE_VALUE.test(value) ? (/main/i.test(value) ? 'testnet' : 'paper') : undefined;
}

function fromFile({ program }: Code, { path, values }: ConfigFileFact): SwitchFact[] {
  return Object.entries(values).flatMap(([key, { value, line }]) => {
    const last = key.split('.').at(-1) ?? '';
    const paper = paperValue(last, value);
    if (paper === undefined) return [];
    // A key that no code names switches nothing.
    const isRead = sourcesWith(program, [last.replace(/\W/g, '_')]).length > 0;
    const evidence = { file: path, line };
    const over = isRead ? [] : [{ value: 'nothing', why: 'no code names this key' }];
    return [{ name: key, by: 'key' as const, paper, value, ...(isRead ? likely(evidence) : guess(evidence, over)) }];
  });
}
