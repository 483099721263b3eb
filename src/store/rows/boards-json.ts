import { type Boards, noBoards, type SecondBoard, type SeenBoot } from '../../core/board';

/** The JSON form: instants are text. */
type Stored<T> = T extends Date
  ? string
  : T extends object
    ? { readonly [Key in keyof T]: Stored<T[Key]> }
    : T;

/** @param text `{}` for a device stored before boards were remembered */
export function toBoards(text: string): Boards {
  if (text === '{}') return noBoards;
  const { boots, second, freshAt } = JSON.parse(text) as Stored<Boards>;
  return {
    boots: boots.map(toBoot),
    second: second === null ? null : toSecond(second),
    freshAt: freshAt === null ? null : new Date(freshAt),
  };
}

function toSecond({ foundAt, notedAt, own, other, unclear }: Stored<SecondBoard>): SecondBoard {
  return {
    foundAt: new Date(foundAt),
    notedAt: new Date(notedAt),
    own: toBoot(own),
    other: toBoot(other),
    unclear: unclear === null ? null : toBoot(unclear),
  };
}

function toBoot(boot: Stored<SeenBoot>): SeenBoot {
  return { ...boot, firstSeenAt: new Date(boot.firstSeenAt), lastSeenAt: new Date(boot.lastSeenAt) };
}
