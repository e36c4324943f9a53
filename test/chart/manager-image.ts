// Stands in for the official manager image: its users, what it has under /var/ossec, and what its own start does before
// Wazuh runs. That order and those modes are what the chart's scripts have to live with.
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const WAZUH = 999;
const STOCK = ["slack", "slack.py", "pagerduty", "pagerduty.py", "virustotal", "virustotal.py"];
const PERSISTED = ["etc", "logs", "integrations"];

export interface ImageOptions {
  /** Such an image is somebody's own. */
  readonly withoutGroup?: true;
}

export function layImage(root: string, options: ImageOptions = {}): void {
  const group = options.withoutGroup === true ? "" : `wazuh:x:${WAZUH}:\n`;
  put(
    "etc/passwd",
    `root:x:0:0::/:/bin/sh\n${group === "" ? "" : `wazuh:x:${WAZUH}:${WAZUH}::/var/ossec:/sbin/nologin\n`}`,
    0,
    0,
    0o644,
  );
  put("etc/group", `root:x:0:\n${group}`, 0, 0, 0o644);
  mkdirSync(join(root, "tmp"), { mode: 0o1777 });
  put("own-start.sh", OWN_START, 0, 0, 0o755);
  // What is persisted lies aside until it is known whether the volume has it already.
  for (const name of STOCK) {
    put(`var/ossec/data_tmp/permanent/integrations/${name}`, `#!/bin/sh\n# ${name} of this image\n`, 0, WAZUH, 0o750);
    put(`var/ossec/data_tmp/exclusion/integrations/${name}`, `#!/bin/sh\n# ${name} of this image\n`, 0, WAZUH, 0o750);
  }
  put("var/ossec/data_tmp/permanent/etc/ossec.conf", "<ossec_config>\n</ossec_config>\n", 0, WAZUH, 0o660);
  put("var/ossec/data_tmp/permanent/etc/rules/local_rules.xml", "<!-- of the image -->\n", WAZUH, WAZUH, 0o660);
  folder("var/ossec/data_tmp/permanent/logs/alerts", WAZUH, WAZUH, 0o750);
  for (const name of PERSISTED) folder(`var/ossec/${name}`, 0, WAZUH, 0o770);

  function put(path: string, text: string, uid: number, gid: number, mode: number): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chownSync(join(root, path), uid, gid);
    chmodSync(join(root, path), mode);
  }

  function folder(path: string, uid: number, gid: number, mode: number): void {
    mkdirSync(join(root, path), { recursive: true });
    chownSync(join(root, path), uid, gid);
    chmodSync(join(root, path), mode);
  }
}

/** What the image does at each start, and then, in place of Wazuh, says how all files are and what its user may do. */
const OWN_START = `#!/bin/bash
cd /var/ossec
for folder in ${PERSISTED.join(" ")}; do
  if [ -z "$(ls -A "$folder")" ]; then cp -a "data_tmp/permanent/$folder/." "$folder"; fi
done
for file in ${STOCK.map((name) => `integrations/${name}`).join(" ")}; do
  cp -p "data_tmp/exclusion/$file" "$file" || exit 1
done
for old in 997 101; do find /var/ossec /wazuh-config-mount -group $old -exec chown -h :${WAZUH} {} + 2>/dev/null; done
cp -r /wazuh-config-mount/* /var/ossec || exit 1
rm -rf data_tmp
for script in $(ls /entrypoint-scripts/*.sh 2>/dev/null | sort -n); do bash "$script"; done

find integrations etc -printf '%p %U:%G %m\\n' | sort
as_wazuh() { setpriv --reuid=${WAZUH} --regid=${WAZUH} --clear-groups "$@"; }
for file in integrations/*; do
  as_wazuh test -w "$file" && echo "wazuh may write $file"
  as_wazuh test -x "$file" || echo "wazuh may not run $file"
done
true
`;
