/** The JSON of a message that comes from outside; undefined where it is none. */
export function messageJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
