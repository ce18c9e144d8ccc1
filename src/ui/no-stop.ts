/** Said to whoever presses Ctrl-Z while an operation is at work: engine and lock would go on without us. */
export const NO_STOP = 'Ctrl-Z is off while this is at work; Ctrl-C cancels it.';
