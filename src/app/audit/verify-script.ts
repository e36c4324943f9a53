/**
 * What checks an export where there is no Riposte: POSIX sh with sha256sum (or shasum), and openssl for signatures.
 * docs/reference/audit.md says in words what it does, so that anybody can write his own.
 */
export const VERIFY_SCRIPT = String.raw`#!/bin/sh
# Checks this export without Riposte. Needs sha256sum or shasum; and openssl 3 for signatures, where there are any.
# Ends with 0: all is as it was sealed. 1: something differs, and it says what. 2: it could not check.
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")" || exit 2
if command -v sha256sum >/dev/null 2>&1; then
  digest() { sha256sum | cut -d' ' -f1; }
elif command -v shasum >/dev/null 2>&1; then
  digest() { shasum -a 256 | cut -d' ' -f1; }
else
  echo "CAN'T CHECK: there is neither sha256sum nor shasum"
  exit 2
fi
differs() {
  echo "DIFFERS: $1"
  exit 1
}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# 0 where the file $1 was signed with key $2, and the signature is in $3.
signed() {
  openssl pkeyutl -verify -pubin -inkey "keys/$2.pem" -rawin -in "$1" -sigfile "$3" >/dev/null 2>&1
}
can_sign=no
command -v openssl >/dev/null 2>&1 && can_sign=yes

# 1. Every file is the one that was exported, and there is no other.
[ -f SHA256SUMS ] || differs "SHA256SUMS is missing"
files=0
while read -r want name; do
  [ -f "$name" ] || differs "$name is missing"
  [ "$(digest <"$name")" = "$want" ] || differs "$name is not the file that was exported"
  files=$((files + 1))
done <SHA256SUMS
find . -type f ! -name SHA256SUMS ! -name 'SHA256SUMS.*.sig' >"$work/found"
while IFS= read -r found; do
  grep -q "  $(printf '%s' "$found" | sed 's|^\./||; s|\.|\\.|g')\$" SHA256SUMS || differs "$found was not exported"
done <"$work/found"
export_signed=no
for signature in SHA256SUMS.*.sig; do
  [ -f "$signature" ] || continue
  key=$(printf '%s' "$signature" | cut -d. -f2)
  [ $can_sign = yes ] || continue
  signed SHA256SUMS "$key" "$signature" || differs "the export was not signed with key $key"
  export_signed=$key
done

# 2. Seals are chained, each is as it was written, and the rows of its segment are those that it sealed.
seals=0 proofs=0 unsigned=0 last= expected= previous=
total=$(wc -l <audit/seals.jsonl | tr -d ' ')
while IFS= read -r line; do
  seals=$((seals + 1))
  segment=$(printf '%s' "$line" | sed 's/.*"segment":\([0-9]*\),.*/\1/')
  [ -z "$expected" ] || [ "$segment" = "$expected" ] || differs "the seal of segment $expected is missing"
  if [ -n "$expected" ] || [ "$segment" = 1 ]; then
    case $line in
    *"\"previous\":\"$previous\"}") ;;
    *) differs "the seal of segment $segment does not follow the one before" ;;
    esac
  fi
  own=$(printf '%s' "$line" | digest)
  set -- $(sed -n "$seals"p audit/signatures.txt)
  [ "$1" = "$segment" ] && [ "$2" = "$own" ] || differs "the seal of segment $segment is not as it was written"
  manifest=audit/segments/$(printf '%06d' "$segment").txt
  if [ -f "$manifest" ]; then
    case $line in
    *"\"rows\":\"$(digest <"$manifest")\","*) ;;
    *) differs "$manifest is not what was sealed" ;;
    esac
  fi
  if [ "$3" = - ]; then
    unsigned=$((unsigned + 1))
  elif [ $can_sign = yes ] && [ -f "keys/$3.pem" ] && { [ -f "$manifest" ] || [ "$seals" = "$total" ]; }; then
    printf '%s' "$line" >"$work/line"
    printf '%s\n' "$4" | openssl base64 -d -A >"$work/signature"
    signed "$work/line" "$3" "$work/signature" || differs "key $3 did not sign the seal of segment $segment"
    proofs=$((proofs + 1))
  fi
  previous=$own expected=$((segment + 1)) last="segment $segment, $own"
done <audit/seals.jsonl

# 3. Each row is the one whose hash stands in its segment, and follows the row before where that is here.
rows=0 open=0 before_id= before=
for file in audit/rows/*.jsonl; do
  [ -f "$file" ] || continue
  manifest=audit/segments/$(basename "$file" .jsonl).txt
  while IFS= read -r line; do
    id=$(printf '%s' "$line" | sed 's/^{"id":\([0-9]*\),.*/\1/')
    own=$(printf '%s' "$line" | digest)
    case $file in
    */unsealed.jsonl) open=$((open + 1)) ;;
    *) grep -q "^$id $own\$" "$manifest" || differs "row $id of $file is not the one that was sealed" ;;
    esac
    if [ -n "$before_id" ] && [ "$id" = "$((before_id + 1))" ]; then
      case $line in
      *"\"before\":\"$before\"}" | *'"before":""}') ;;
      *) differs "row $id does not follow row $before_id" ;;
      esac
    fi
    rows=$((rows + 1)) before_id=$id before=$own
  done <"$file"
done

echo "OK: $files files, $rows rows of the audit and $seals seals are as they were."
[ "$open" = 0 ] || echo "$open of the rows were not sealed yet when this was exported: only their order is proven."
if [ "$proofs" -gt 0 ]; then
  echo "$proofs seals carry a signature that holds, by a key in keys/: see that it is the one that you were given."
elif [ "$seals" = 0 ]; then
  echo "Nothing of the audit was sealed yet when this was exported."
elif [ "$unsigned" = "$seals" ]; then
  echo "No seal is signed: whoever had the database could have made all of it anew."
else
  echo "Signatures were not checked: that takes openssl 3, and the keys in keys/."
fi
[ "$export_signed" = no ] || echo "The export itself is signed with key $export_signed."
[ -z "$last" ] || echo "The last seal: $last. Compare it with the one that a log, a metric or a status had then."
`;
