import { type Overlay, valueAt } from '../stack/overlay.ts';
import type { Stack } from '../stack/schema.ts';
import { insteadOf, portPaths, strangerOn, type World } from './checks.ts';

/** Ports that a person typed before anybody had looked who has them, each with what is wrong with it. */
export function heldPorts(typed: Overlay, stack: Stack, world: World): readonly (readonly [string, string])[] {
  return portPaths(stack)
    .filter((path) => valueAt(typed, path) !== undefined)
    .flatMap((path) => {
      const port = Number(valueAt(stack, path));
      const stranger = strangerOn(port, stack, world);
      return stranger ? [[path, `${port} is used by ${stranger.who}; ${insteadOf(port, stack, world)}`] as const] : [];
    });
}
