import { z } from "zod";
import { SecretField } from "./secret.ts";

export const AuditShape = z
  .strictObject({
    key: SecretField.meta({
      description: "A private key of Ed25519 in PEM, with which each sealed stretch of the audit is signed.",
      examples: [{ file: "/etc/riposte/audit-key.pem" }],
    }),
  })
  .meta({ description: "What proves the audit.", examples: [{ key: { file: "/etc/riposte/audit-key.pem" } }] });
