import { whyUnusable } from "../address.ts";

/** Why no Jira site can be at this address; null: one may be. Never repeats the address, which may be a secret. */
export function siteTrouble(address: string): string | null {
  const why = whyUnusable(address);
  if (why !== null) return why;
  const url = new URL(address);
  if (/\/automation\/(?:webhooks|v\d)|\/pro\/hooks\//.test(url.pathname) || isAutomationHost(url.hostname))
    return "this is the webhook of an Automation rule, not a Jira site: use `type: jira-automation` for it, or give the site. Example: https://example.atlassian.net";
  if (url.hostname === "api.atlassian.com")
    return "this is Atlassian's gateway, not a site: give the site's own address and write `gateway: true` beside it. Example: https://example.atlassian.net";
  if (url.search !== "" || url.hash !== "")
    return "the address of a site has no query. Example: https://example.atlassian.net";
  if (/\/(?:browse|rest|projects|jira)(?:\/|$)/.test(url.pathname) && !/^\/jira\/?$/.test(url.pathname))
    return "this is a page of the site, not the site: leave out its path. Example: https://example.atlassian.net";
  return null;
}

function isAutomationHost(hostname: string): boolean {
  return /^(?:automation|api-private)\.(?:[a-z0-9-]+\.)*atlassian\.(?:com|net)$/.test(hostname);
}

/** Without the slash at its end: all that is asked for begins with one. */
export function siteOf(address: string): string {
  return address.trim().replace(/\/+$/, "");
}
