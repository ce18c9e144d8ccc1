// The module of the thread in which a repository is read (apart.ts starts it).
import { answerOne } from '../system/thread.ts';
import { detect } from './detect.ts';

answerOne((root) => detect(String(root)));
