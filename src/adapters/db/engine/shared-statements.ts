/** Parse is answered by ParseComplete, Close by CloseComplete; neither says anything more. */
const PARSE_COMPLETE = Buffer.from([0x31, 0, 0, 0, 4]);
const CLOSE_COMPLETE = Buffer.from([0x33, 0, 0, 0, 4]);
const [PARSE, CLOSE, STATEMENT, NOTICE, SETTING] = [...'PCSNS'].map((letter) => letter.charCodeAt(0)) as [number, number, number, number, number];
const HEADER = 5;

/** What is left of a unit for the database, and what its connection is told without it. */
export interface Shortened {
  message: Buffer;
  told: Buffer | null;
  /** Call it with the pieces of the database's answer to the unit. */
  answered(piece: Uint8Array): void;
}

/**
 * Named prepared statements on a session that many connections share. Each connection takes the names for its own and sends Parse for
 * each; the database would refuse all but the first. Here the first goes through, the same Parse by another connection is answered without
 * asking, and what one connection closes stays for the others. So a name has to stand for one text; where it comes with another
 * text, the database is asked, and refuses.
 */
export class SharedStatements {
  /** Parse messages that the database took, by the name in them. */
  private readonly taken = new Map<string, Buffer>();

  shorten(unit: Buffer): Shortened {
    const told: Buffer[] = [];
    let asked: { name: string; parse: Buffer } | null = null;
    const kept: Buffer[] = [];
    for (let from = 0; from < unit.length; ) {
      const end = from + 1 + unit.readInt32BE(from + 1);
      const message = unit.subarray(from, end);
      const name = statementOf(message);
      if (name === '') kept.push(message);
      else if (message[0] === CLOSE) told.push(CLOSE_COMPLETE);
      else if (this.taken.get(name)?.equals(message) === true) told.push(PARSE_COMPLETE);
      else {
        kept.push(message);
        // pg sends one a unit, and first: only of that one does the answer's first piece tell.
        if (from === 0) asked = { name, parse: message };
      }
      from = end;
    }
    return {
      message: told.length === 0 ? unit : Buffer.concat(kept),
      told: told.length === 0 ? null : Buffer.concat(told),
      answered: (piece) => {
        // A copy: the unit is a part of a larger buffer.
        if (asked !== null && beginsWithParseComplete(piece)) this.taken.set(asked.name, Buffer.from(asked.parse));
        asked = null;
      },
    };
  }
}

/** The name of the prepared statement that a Parse or a Close is about; empty for the unnamed one and for other messages. */
function statementOf(message: Buffer): string {
  const at = message[0] === PARSE ? HEADER : message[0] === CLOSE && message[HEADER] === STATEMENT ? HEADER + 1 : -1;
  return at < 0 ? '' : message.toString('latin1', at, message.indexOf(0, at));
}

/** Behind what a server may say at any time: NoticeResponse and ParameterStatus. */
function beginsWithParseComplete(piece: Uint8Array): boolean {
  const view = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  let at = 0;
  while ((view[at] === NOTICE || view[at] === SETTING) && at + HEADER <= view.length) at += 1 + view.readInt32BE(at + 1);
  return view[at] === PARSE_COMPLETE[0];
}
