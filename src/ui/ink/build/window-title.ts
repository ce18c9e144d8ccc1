import type { OperationState } from '../../../events/operation-fold.ts';

const DOING = {
  build: 'building',
  deploy: 'deploying',
  down: 'stopping',
  push: 'delivering secrets',
  rotate: 'rotating secrets',
  login: 'logging in',
} as const;

/** The name of the window while an operation is at work: `algo-trade: building 40%`, `algo-trade: build failed`. */
export function windowTitle({ operation, stack, outcome, build }: OperationState): string {
  const name = stack?.name ?? 'trading-setup';
  if (operation === undefined) return name;
  if (outcome !== 'running') return `${name}: ${operation} ${outcome}`;
  const compiled = build.stages.filter(({ state }) => state === 'running').map(({ units }) => units);
  // Images are built beside each other: the least that is done says how far the whole is.
  const shares = compiled.flatMap((units) => (units && units.total > 0 ? [units.done / units.total] : []));
  if (shares.length === 0) return `${name}: ${DOING[operation]}`;
  return `${name}: building ${Math.floor(Math.min(...shares) * 100)}%`;
}
