import { saidByEnvironment, settingsOf } from "../../src/forward/settings.ts";
import type { KubeObject } from "./helm.ts";

/** What the forwarder would say of the environment that its container gets. */
export function troublesOfForwarder(container: KubeObject): readonly string[] {
  const env = container["env"] as readonly { readonly name: string; readonly value?: string }[];
  const { said, mistakes } = saidByEnvironment(Object.fromEntries(env.map(({ name, value = "" }) => [name, value])));
  const settings = settingsOf(said);
  return [...mistakes, ...(settings.kind === "wrong" ? settings.mistakes : [])];
}
