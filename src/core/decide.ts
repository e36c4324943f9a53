import { accept } from "./accept.ts";
import { askAgain } from "./ask-again.ts";
import { calledBack } from "./called-back.ts";
import { command } from "./command.ts";
import type { Context } from "./context.ts";
import { whyNotNext } from "./audit-seal.ts";
import type { Input, Result, SealInput } from "./input.ts";
import { rebind } from "./rebind.ts";
import { recover } from "./recover.ts";
import { resolved } from "./decide-response.ts";
import { respondDue } from "./respond.ts";
import { orderSettled } from "./settle-order.ts";
import { looked, settle } from "./settle.ts";
import { forgetSilences } from "./silencing.ts";
import { swept } from "./sweep.ts";
import { tick } from "./tick.ts";
import type { View } from "./view.ts";

/** Decides one input over the facts in `view` and leaves the changes there. Pure but for `view`. */
export function decide(view: View, input: Input, context: Context): Result {
  switch (input.kind) {
    case "accept":
      return accept(view, input, context);
    case "settle":
      return settle(view, input, context);
    case "looked":
      return looked(view, input, context);
    case "swept":
      return swept(view, input, context);
    case "called_back":
      return calledBack(view, input, context);
    case "tick":
      return tick(view, input, context);
    case "recover":
      return recover(view, input, context);
    case "rebind":
      return rebind(view, input.destinations, context);
    case "respond_due":
      return respondDue(view, input, context);
    case "resolved":
      return resolved(view, input, context);
    case "order_settled":
      return orderSettled(view, input, context);
    case "ask_again":
      return askAgain(view, input, context);
    case "forget_silences":
      return forgetSilences(view, input);
    case "note":
      view.putAudit({
        at: context.now,
        who: input.who,
        what: input.what,
        about: input.about,
        ...(input.detail !== undefined && { detail: input.detail }),
      });
      return { woken: [] };
    case "seal":
      return sealed(view, input);
    case "command":
      return command(view, input, context);
  }
}

/** Two that seal at once would make two chains of one. */
function sealed(view: View, { seal }: SealInput): Result {
  const refused = whyNotNext(seal, view.lastSeal, view.counters.audit);
  if (refused === null) {
    view.lastSeal = seal;
    view.add({ table: "seal", row: seal });
  }
  return { woken: [], refused };
}
