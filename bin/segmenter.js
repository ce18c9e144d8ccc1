// Stands in the bundle for Intl.Segmenter, in our code and in packages that measure text. The first real one of a
// process takes 17 ms (ICU is asked for its locales), and no frame of ours needs it before a person's own text is on it.

/**
 * Signs that are graphemes by themselves whatever stands beside them: ASCII without line breaks, dashes and quotes,
 * arrows, box drawing, blocks, shapes, two marks, Braille. Held against Intl.Segmenter in test/system/segmenter.test.ts.
 */
export const SIMPLE = /^[\x1b\x20-\x7e\xb7\u2010-\u2027\u2190-\u21ff\u2500-\u25ff\u2713\u2717\u2800-\u28ff]*$/;

class Simple {
  constructor(text) {
    this.text = text;
  }

  containing(index = 0) {
    const segment = this.text[index];
    return segment === undefined ? undefined : { segment, index, input: this.text };
  }

  *[Symbol.iterator]() {
    for (let index = 0; index < this.text.length; index += 1) yield this.containing(index);
  }
}

/** The part of Intl.Segmenter that is used; a real one is made for text that needs it. */
export class LateSegmenter {
  #real;
  #asked;

  constructor(...asked) {
    this.#asked = asked;
  }

  segment(text) {
    const { granularity = 'grapheme' } = this.#asked[1] ?? {};
    if (granularity === 'grapheme' && SIMPLE.test(text)) return new Simple(text);
    // Not by its usual name, which the bundler replaces by this class.
    this.#real ??= new (Reflect.get(Intl, 'Segmenter'))(...this.#asked);
    return this.#real.segment(text);
  }
}
