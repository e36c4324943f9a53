/** A turn that could not be committed, with the destinations that were planned for. */
export class TurnFailed extends Error {
  override readonly name = "TurnFailed";
  readonly round: readonly string[];

  constructor(round: readonly string[], cause: unknown) {
    super("a turn could not be committed", { cause });
    this.round = round;
  }
}
