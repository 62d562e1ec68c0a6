/** The lines of an answer, each a value of JSON. */
export async function* jsonLines<Line>(response: Response): AsyncGenerator<Line> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>)) {
    const lines = (text + chunk).split('\n');
    text = lines.pop()!;
    for (const line of lines) if (line !== '') yield JSON.parse(line) as Line;
  }
}
