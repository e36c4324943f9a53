/**
 * The text with everything broken that a rule may have Jira read as wiki markup or as a smart value: mentions, links
 * with a label of their own, pictures, macros, `{{…}}`. A sign that begins one is replaced by its wide twin, of the
 * same length: it is plain to see, and plain text stays readable, which an escape would not in rules that show it as
 * it is.
 */
export function withoutMarkup(text: string): string {
  return text.replaceAll(LINK, "［").replaceAll(MACRO, "｛").replaceAll(PICTURE, "！");
}

// The looks ahead are bounded: a line of nothing but brackets must not cost its length squared.
const LINK = /\[(?=[~^#@$]|[^\]\n]{0,300}\||\s*(?:https?|ftp|mailto|file|javascript|data):)/gi;
const MACRO = /\{(?=\{|[a-z][a-z-]{0,30}[:}])/gi;
const PICTURE = /!(?=(?:https?:|file:|[^\s!|]{1,200}[!|]))/gi;
