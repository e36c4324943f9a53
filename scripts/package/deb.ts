import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.ts";
import type { Architecture } from "./runtime.ts";
import type { Making, Staged } from "./stage.ts";
import { builtAt } from "./tarball.ts";

const DEBIAN_ARCHITECTURE: Readonly<Record<Architecture, string>> = { x64: "amd64", arm64: "arm64" };

/** `riposte_0.1.0_amd64.deb`: all of it in /usr/lib/riposte, two units, a user, and an empty /etc/riposte. */
export function makeDeb({ folder, version, arch }: Staged, { scratch, out, isQuick }: Making): string {
  const tree = join(scratch, "deb");
  const made = (path: string): string => {
    mkdirSync(join(tree, path), { recursive: true, mode: 0o755 });
    return join(tree, path);
  };
  cpSync(folder, made("usr/lib/riposte"), { recursive: true });
  symlinkSync("../lib/riposte/bin/riposte", join(made("usr/bin"), "riposte"));
  for (const unit of ["riposte.service", "riposte-forward.service"])
    cpSync(join(root, "deploy", "systemd", unit), join(made("usr/lib/systemd/system"), unit));
  cpSync(join(root, "LICENSE"), join(made("usr/share/doc/riposte"), "copyright"));
  made("etc/riposte");
  const debian = made("DEBIAN");
  writeFileSync(join(debian, "control"), control(version, DEBIAN_ARCHITECTURE[arch]));
  for (const script of ["postinst", "prerm", "postrm"]) {
    cpSync(join(root, "deploy", "debian", script), join(debian, script));
    chmodSync(join(debian, script), 0o755);
  }
  const path = join(out, `riposte_${version}_${DEBIAN_ARCHITECTURE[arch]}.deb`);
  const packing = isQuick ? ["-Znone"] : ["-Zxz", "-z6"];
  run("dpkg-deb", ["--root-owner-group", ...packing, "--build", tree, path], { SOURCE_DATE_EPOCH: String(builtAt()) });
  return path;
}

function control(version: string, architecture: string): string {
  return `Package: riposte
Version: ${version}
Architecture: ${architecture}
Maintainer: Riposte <riposte@localhost>
Section: admin
Priority: optional
Depends: libc6 (>= 2.28), libstdc++6, adduser
Recommends: acl
Description: answers Wazuh alerts
 Turns floods of Wazuh alerts into a few incidents, tells the team in Slack,
 keeps one Jira ticket for each, and shows what became of every message.
`;
}
