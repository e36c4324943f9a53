import type { Place } from "../core/playbook.ts";
import { didYouMean } from "./nearest.ts";

/** What stands behind the three backticks, by where the command runs. */
const BLOCKS: Readonly<Record<string, Place>> = {
  "sh manager": "manager",
  "sh kubernetes": "kubernetes",
  "sh agent": "agent",
  "sh workstation": "workstation",
  "powershell agent": "windows",
};
const LANGUAGES = ["sh", "powershell"];
/** They colour a command in an editor, and Riposte would not know how to quote for them. */
const OTHER_SHELLS = ["bash", "shell", "zsh", "fish", "console", "pwsh", "ps1", "cmd", "bat", "batch", "dos"];

/** Where the command of a block runs, or what is wrong with its first line; null: it holds no command. */
export function placeOfBlock(info: string): Place | { readonly says: string } | null {
  const [language = "", where = "", ...more] = info.split(/\s+/);
  const places = Object.keys(BLOCKS);
  const all = places.map((place) => `\`\`\`${place}`).join(", ");
  if (OTHER_SHELLS.includes(language.toLowerCase()))
    return { says: `a command is for sh or for powershell, and says where it runs: ${all}` };
  if (!LANGUAGES.includes(language)) return null;
  if (where === "") return { says: `does not say where the command runs. One of: ${all}` };
  const place = BLOCKS[`${language} ${where}`];
  if (place !== undefined && more.length === 0) return place;
  const ofLanguage = places.flatMap((each) =>
    each.startsWith(`${language} `) ? [each.slice(language.length + 1)] : [],
  );
  return { says: `no such place to run a command${didYouMean(where, ofLanguage) || `. One of: ${all}`}` };
}
