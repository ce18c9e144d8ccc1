/** A partial stack, as it comes from an answers file, `--set` or the wizard; null takes an entry out, undefined says nothing. */
export type Overlay = { readonly [key: string]: OverlayValue | undefined };
export type OverlayValue = string | number | boolean | null | readonly OverlayValue[] | Overlay;

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys under which null means "take it out"; elsewhere it is a value. */
const REMOVABLE = new Set(['services', 'environment', 'secrets', 'entries', 'adopt', 'sqlite', 'instances']);

/** Another kind of database or health check, or no terminal any more, shares no key with what was before. */
export function isAnother(base: Readonly<Record<string, unknown>>, over: Readonly<Record<string, unknown>>): boolean {
  const changes = (key: string) => key in base && key in over && base[key] !== over[key];
  // A secret that is entered from now on is still the same entry.
  if (changes('kind') && !('required' in base)) return true;
  return changes('access') && (base.access === 'none' || over.access === 'none');
}

/** Lays `over` on `base`: maps are merged, everything else is replaced. Neither is changed. */
export function overlay(base: unknown, over: unknown, parent = ''): unknown {
  if (!isMap(over)) return over;
  const merged: Record<string, unknown> = isMap(base) && !isAnother(base, over) ? { ...base } : {};
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    if (value === null && REMOVABLE.has(parent)) delete merged[key];
    else merged[key] = overlay(merged[key], value, key);
  }
  return merged;
}

/** The overlay that sets one path, e.g. `ports.tui`. */
export function overlayAt(path: string, value: OverlayValue): Overlay {
  const [head = '', ...rest] = path.split('.');
  return { [head]: rest.length === 0 ? value : overlayAt(rest.join('.'), value) };
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((here, key) => (isMap(here) ? here[key] : undefined), value);
}
