import type { CliContext } from "./context.ts";

type Step = { readonly kind: "copying"; readonly part: number } | { readonly kind: "checking" };

/** One line at a terminal that is written over; nothing elsewhere. `end` takes it away. */
export function copyProgress({ process: { stderr } }: CliContext): {
  readonly show: (step: Step) => void;
  readonly end: () => void;
} {
  let shown = "";
  const write = (text: string): void => {
    if (stderr.isTTY !== true || text === shown) return;
    stderr.write(`\r\u001b[K${text}`);
    shown = text;
  };
  return {
    show: (step) => write(step.kind === "copying" ? `copying: ${Math.floor(step.part * 100)} %` : "checking the copy"),
    end: () => write(""),
  };
}
