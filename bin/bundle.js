// The modules beside it make dist/: `node bin/bundle.js [FOLDER]`.
import('./bundle.mjs');
