import type { FunctionTable } from './outline.ts';
import type { RustSource } from './source.ts';
import type { Words } from './words.ts';

/** A function with a body. */
export class RustFunction {
  readonly source: RustSource;
  /** Its number in the program. */
  readonly index: number;
  readonly name: string;
  /** Offset of `fn`. */
  readonly start: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Type of the `impl`, or the trait that declares it. */
  readonly owner: string | undefined;
  /** The trait, in an `impl Trait for Type`. */
  readonly trait: string | undefined;
  readonly method: boolean;
  /** The function in whose body it is, once its file was looked at. */
  around: RustFunction | undefined;
  readonly #paramsEnd: number;

  constructor(source: RustSource, index: number, table: FunctionTable, words: Words) {
    const word = (number: number): string | undefined => (number < 0 ? undefined : words.text(number));
    this.source = source;
    this.index = index;
    this.name = words.text(table.name(index));
    this.start = table.start(index);
    this.bodyStart = table.bodyStart(index);
    this.bodyEnd = table.bodyEnd(index);
    this.owner = word(table.owner(index));
    this.trait = word(table.trait(index));
    this.method = table.isMethod(index);
    this.#paramsEnd = table.paramsEnd(index);
  }

  /** Its parameters, as written. */
  get params(): string {
    const { code } = this.source;
    for (let at = this.start; at < this.#paramsEnd; at++)
      if (code[at] === '(' && this.source.closes.get(at) === this.#paramsEnd)
        return code.slice(at + 1, this.#paramsEnd);
    return '';
  }
}

/** Whether it is called as `value.name()`. */
export function isMethod({ method }: RustFunction): boolean {
  return method;
}

/** The code of its body. */
export function bodyOf({ source, bodyStart, bodyEnd }: RustFunction): string {
  return source.code.slice(bodyStart, bodyEnd);
}
