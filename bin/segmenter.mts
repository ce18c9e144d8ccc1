// Stands in the bundle for Intl.Segmenter, in our code and in packages that measure text. The first real one of a
// process takes 17 ms (ICU is asked for its locales), and no frame of ours needs it before a person's own text is on it.

/**
 * Signs that are graphemes by themselves whatever stands beside them: ASCII without line breaks, dashes and quotes,
 * arrows, box drawing, blocks, shapes, two marks, Braille. Held against Intl.Segmenter in test/system/segmenter.test.ts.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: frames hold the escape sequences of their colours
export const SIMPLE = /^[\x1b\x20-\x7e\xb7\u2010-\u2027\u2190-\u21ff\u2500-\u25ff\u2713\u2717\u2800-\u28ff]*$/;

interface Segment {
  readonly segment: string;
  readonly index: number;
  readonly input: string;
}

/** The part of what Intl.Segmenter finds that is used. */
export interface Segments extends Iterable<Segment> {
  containing(index?: number): Segment | undefined;
}

class Simple implements Segments {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  containing(index = 0): Segment | undefined {
    const segment = this.#text[index];
    return segment === undefined ? undefined : { segment, index, input: this.#text };
  }

  *[Symbol.iterator](): Iterator<Segment> {
    const input = this.#text;
    for (let index = 0; index < input.length; index += 1) yield { segment: input.charAt(index), index, input };
  }
}

type Asked = ConstructorParameters<typeof Intl.Segmenter>;

/** The part of Intl.Segmenter that is used; a real one is made for text that needs it. */
export class LateSegmenter {
  readonly #asked: Asked;
  #real: Intl.Segmenter | undefined;

  constructor(...asked: Asked) {
    this.#asked = asked;
  }

  segment(text: string): Segments {
    const [, options] = this.#asked;
    if ((options?.granularity ?? 'grapheme') === 'grapheme' && SIMPLE.test(text)) return new Simple(text);
    this.#real ??= realSegmenter(this.#asked);
    return this.#real.segment(text);
  }
}

/** Not by its usual name, which the bundler replaces by the class above. */
function realSegmenter(asked: Asked): Intl.Segmenter {
  return new (Reflect.get(Intl, 'Segmenter') as typeof Intl.Segmenter)(...asked);
}
