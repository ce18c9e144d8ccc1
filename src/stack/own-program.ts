import type { Stack } from './schema.ts';

/** What only says how a program is started: `env`, `A=b`, `timeout 5`, `sh -c`. */
const LAUNCHER = /^(?:exec|env|nice|nohup|time|timeout|setsid|stdbuf|command|sh|bash|dash|ash|-\S+|\w+=\S*|\d+\w*)$/;
const HARMLESS: readonly string[] = ['--help', '-h', '--version', '-V', 'help'];

/** A script for a shell as the calls in it, each word by word; good enough for what a person types. */
function callsIn(words: readonly string[]): readonly (readonly string[])[] {
  const scripts = words.filter((word) => /[\s;&|]/.test(word)).flatMap((word) => word.split(/[;&|()\n]+/));
  const bare = (word: string) => word.replace(/^['"]|['"]$/g, '');
  return [words, ...scripts.map((script) => script.trim().split(/\s+/).map(bare))];
}

/** The subcommand: the first word that is no flag and cannot be the value of one. */
function subcommandOf(args: readonly string[]): string | undefined {
  return args.find((word, at) => {
    const before = args[at - 1];
    return !word.startsWith('-') && (before === undefined || !before.startsWith('-') || before.includes('='));
  });
}

function isStart({ binary, args }: { readonly binary: string; readonly args: readonly string[] }) {
  return (call: readonly string[]): boolean => {
    const at = call.findIndex((word) => !LAUNCHER.test(word));
    if (call[at]?.split('/').at(-1) !== binary) return false;
    const given = call.slice(at + 1);
    if (given.some((word) => HARMLESS.includes(word))) return false;
    const subcommand = subcommandOf(given);
    return subcommand === undefined || subcommand === subcommandOf(args);
  };
}

/**
 * The service that these words would start a second time: its program with its subcommand, whatever the flags, directly
 * or out of a shell; where no subcommand can be made out, the program is taken to be the service.
 * @param words of a call; none: what the service's image starts by itself.
 */
export function serviceStartedBy(stack: Stack, service: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return service;
  const calls = callsIn(words);
  return Object.entries(stack.services).find(([, own]) => calls.some(isStart(own)))?.[0];
}
