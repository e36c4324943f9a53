import { type OssecSecret, placeOfSecret, type SecretValue } from "../ports/secrets.ts";
import { readPlainFile } from "../ports/plain-file.ts";
import { secretIn } from "../wazuh/block-secret.ts";
import { OSSEC_CONF_BYTES_MOST, readOssecConf } from "../wazuh/ossec-conf.ts";
import { checkedSecret } from "./checked.ts";

/** A secret as it stands in an `<integration>` block now. */
export function readOssecSecret(place: OssecSecret): SecretValue {
  const file = readPlainFile(place.file, OSSEC_CONF_BYTES_MOST);
  const words = placeOfSecret({ ossec: place });
  if (file.kind === "unreadable")
    return { kind: "unreadable", why: `${words} can't be had: the file ${place.file} ${file.why}` };
  const found = secretIn(readOssecConf(file.bytes), place);
  if (found === null) return { kind: "unreadable", why: `${words} is not there any more. Put the block back` };
  return checkedSecret(found.value.reveal(), words);
}
