import { type OssecSecret, placeOfSecret, secretValue, type SecretValue } from "../ports/secrets.ts";
import { readPlainFile } from "../ports/plain-file.ts";
import { secretIn } from "../wazuh/block-secret.ts";
import { OSSEC_CONF_BYTES_MOST, readOssecConf } from "../wazuh/ossec-conf.ts";
import { checkedSecret } from "./checked.ts";

/**
 * A secret as it stands in an `<integration>` block now. Where the file as it is now says nothing (broken, half
 * written, gone) it is `known`, what was read there before: the blocks of that reading are still in force.
 */
export function readOssecSecret(place: OssecSecret, known: SecretValue | undefined): SecretValue {
  const file = readPlainFile(place.file, OSSEC_CONF_BYTES_MOST);
  const words = placeOfSecret({ ossec: place });
  const unreadable = (why: string): SecretValue => ({ kind: "unreadable", why: `${words} ${why}` });
  if (file.kind === "unreadable") return known ?? unreadable(`can't be had: the file ${place.file} ${file.why}`);
  const conf = readOssecConf(file.bytes);
  if (!conf.accepted && known !== undefined) return known;
  const found = secretIn(conf, place);
  if (found === null) return unreadable("is not there any more. Put the block back");
  const value = found.value.reveal();
  // Options are handed on to the letter.
  return place.tag === "options" ? secretValue(value) : checkedSecret(value, words);
}
