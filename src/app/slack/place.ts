import type { Config } from "../../config/schema.ts";
import type { SlackConfig } from "../../connectors/slack/config.ts";
import { isApp, type AppConfig } from "../../connectors/slack/kind.ts";
import type { DestinationTerms } from "../../core/snapshot.ts";

/** A destination at which people may act. */
export interface SlackPlace {
  readonly name: string;
  readonly config: AppConfig;
  /** What is not shown there; undefined: the usual. */
  readonly redact?: DestinationTerms["redact"];
  /** Who may approve responses and stop them, by id: the same at all of them. */
  readonly approvers?: Readonly<Record<string, string>>;
}

/** Those of the config where somebody may press; what is in shadow shows no buttons to anybody. */
export function placesOf({
  destinations,
  redact: ofAll,
  guardrails,
}: Pick<Config, "destinations" | "redact" | "guardrails">): readonly SlackPlace[] {
  return destinations.flatMap(({ name, type, config, shadow, redact: own }) => {
    const settings = config as SlackConfig;
    const redact = own ?? ofAll;
    const approvers = guardrails?.slack;
    return type === "slack" && shadow !== true && isApp(settings) && settings.people !== undefined
      ? [
          {
            name,
            config: settings,
            ...(redact !== undefined && { redact }),
            ...(approvers !== undefined && { approvers }),
          },
        ]
      : [];
  });
}
