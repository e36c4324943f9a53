// Ten kinds of alert as Wazuh's decoders leave them, of about the sizes that a fleet of Linux and Windows hosts gives.
import type { Draw, Shape } from "./shape.ts";
import { fileChange, pamSession, sshLogin, sudoCommand, windowsLogon } from "./shapes-host.ts";
import { auditTrail, baselineCheck, listeningPorts, vulnerability, webRequest } from "./shapes-service.ts";

/** `weight`: about how many of a hundred alerts have the shape. */
export const SHAPES: readonly { readonly weight: number; readonly draw: (from: Draw) => Shape }[] = [
  { weight: 14, draw: sshLogin },
  { weight: 8, draw: pamSession },
  { weight: 6, draw: sudoCommand },
  { weight: 28, draw: windowsLogon },
  { weight: 12, draw: fileChange },
  { weight: 8, draw: vulnerability },
  { weight: 10, draw: webRequest },
  { weight: 6, draw: auditTrail },
  { weight: 5, draw: baselineCheck },
  { weight: 3, draw: listeningPorts },
];
