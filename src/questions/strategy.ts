import type { Stack } from '../stack/schema.ts';
import { choice } from './build.ts';
import type { Question } from './question.ts';

const WAYS = {
  package: 'nix build: the package of the flake with all that it needs',
  shell: "cargo in the flake's shell: the toolchain of flake.lock",
} as const;

/** The choice between both ways to build; none where the repository has no flake that builds it. */
export function strategyQuestions({ build: { nix, strategy } }: Pick<Stack, 'build'>): readonly Question[] {
  if (!nix && strategy === 'cargo-chef') return [];
  return [
    choice(
      {
        path: 'build.strategy',
        section: 'Build',
        title: 'Built with',
        help: 'Both make the same image of Debian with the programs in it; both Dockerfiles: trading-setup build --print-dockerfile',
      },
      [
        { value: 'nix', label: 'nix', hint: WAYS[nix?.way ?? 'package'] },
        {
          value: 'cargo-chef',
          label: 'cargo-chef',
          hint: 'the official Rust image; what tasks of a flake make has to be there',
        },
      ],
    ),
  ];
}
