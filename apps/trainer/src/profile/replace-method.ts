// oxlint-disable-next-line typescript/no-explicit-any -- any method at all
export type Method = (this: any, ...parameters: any[]) => any;

/**
 * Put what `make` makes of a method in its place, on this object alone.
 *
 * @param make - Is given the method; what it returns is called with the object as `this`.
 * @returns Puts the method back.
 */
export function replaceMethod(object: object, key: string, make: (original: Method) => Method): () => void {
  const before = Object.getOwnPropertyDescriptor(object, key);
  const original = (object as Record<string, Method>)[key] as Method;
  const value = make(original);
  Object.defineProperty(object, key, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    if (before) Object.defineProperty(object, key, before);
    else delete (object as Record<string, Method>)[key];
  };
}
