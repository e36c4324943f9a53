const MIB = 1_024 * 1_024;

export interface RoomLimits {
  /** Requests of one sender that are being read or wait for their commit. */
  readonly ofOneSender: number;
  readonly ofAll: number;
  /** What they hold in memory together. */
  readonly bytes: number;
}

export const ROOM_LIMITS: RoomLimits = { ofOneSender: 8, ofAll: 64, bytes: 128 * MIB };

/** A request's place until it is answered. */
export interface Place {
  /** False: there is no room for so many bytes more. */
  grow(bytes: number): boolean;
  leave(): void;
}

/** How much may be on its way in at a time: who comes beyond that is asked to come again. */
export class AlertRoom {
  readonly #limits: RoomLimits;
  readonly #bySender = new Map<string, number>();
  #all = 0;
  #bytes = 0;

  constructor(limits: RoomLimits = ROOM_LIMITS) {
    this.#limits = limits;
  }

  /** Null: there is none now. */
  enter(sender: string): Place | null {
    const { ofOneSender, ofAll, bytes } = this.#limits;
    const before = this.#bySender.get(sender) ?? 0;
    if (before >= ofOneSender || this.#all >= ofAll || this.#bytes >= bytes) return null;
    this.#bySender.set(sender, before + 1);
    this.#all += 1;
    let held = 0;
    let isOver = false;
    return {
      grow: (more) => {
        held += more;
        this.#bytes += more;
        return this.#bytes <= bytes;
      },
      leave: () => {
        if (isOver) return;
        isOver = true;
        this.#bytes -= held;
        this.#all -= 1;
        const left = (this.#bySender.get(sender) ?? 1) - 1;
        if (left === 0) this.#bySender.delete(sender);
        else this.#bySender.set(sender, left);
      },
    };
  }
}
