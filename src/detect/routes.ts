import type { Code } from './code.ts';
import type { RouteFact } from './facts.ts';
import { axumRoutes, type FoundRoute } from './web/axum.ts';
import { attributeRoutes, resourceRoutes, warpRoutes } from './web/handlers.ts';

/** A route with such a name usually tells the health; it is only believed once the program runs and answers. */
const HEALTH = /(?:^|\/)_{0,2}(?:health|healthz|healthcheck|health-check|ready|readyz|live|livez|status|ping)\/?$/;

/** Routes of the web frameworks that we know: axum, actix-web, Rocket, warp. */
export function detectRoutes(code: Code): RouteFact[] {
  const found = [...axumRoutes(code), ...attributeRoutes(code), ...resourceRoutes(code), ...warpRoutes(code)];
  const known = new Set<string>();
  return found.flatMap((route) => {
    const key = keyOf(route);
    if (known.has(key)) return [];
    known.add(key);
    return [{ ...route, health: HEALTH.test(route.path) && (route.method === 'GET' || route.method === 'ANY') }];
  });
}

function keyOf({ method, path, mounted }: FoundRoute): string {
  return `${method} ${path} ${mounted}`;
}
