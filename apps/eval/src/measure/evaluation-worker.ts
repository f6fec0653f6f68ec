// A thread that measures pictures: with an engine and a model of its own, where one is needed.
import { serveCalls } from '../threads/serve-calls.ts';
import type { PicturePair } from '../pictures/picture-pairs.ts';
import { openSession, type Session, type SessionSettings } from './session.ts';

let session: Session;

serveCalls({
  async open(settings: SessionSettings) {
    session = await openSession(settings);
    return session.opened;
  },
  measure: (pair: PicturePair) => session.measure(pair),
  show: (pair: PicturePair) => session.show(pair),
  errorMaps: () => Promise.resolve(session.errorMaps()),
  people: () => Promise.resolve(session.people()),
});
