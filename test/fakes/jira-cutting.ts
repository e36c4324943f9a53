import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * A Jira that shares nothing with the other one and knows next to nothing: it does every POST, and hangs up without a
 * word on the first of each body. What only reads may be spared with `cutsReads: false`.
 */
export async function serveCuttingJira({ project = "SEC", cutsReads = true, now = Date.now } = {}) {
  const issues: CutIssue[] = [];
  const seen = new Set<string>();

  function answer(method: string, path: string, body: string): readonly [status: number, value: unknown] {
    const given = body === "" ? {} : JSON.parse(body);
    const those = (is: (issue: CutIssue) => boolean) => ({ issues: issues.filter(is), isLast: true, issueErrors: [] });
    const label = /labels? *= *"?([\w-]+)/.exec(given.jql ?? "")?.[1];
    const [, name] = /\/issue\/([^/]+)$/.exec(path) ?? [];
    if (path.endsWith("/serverInfo"))
      return [200, { deploymentType: "Cloud", baseUrl: "https://example.atlassian.net" }];
    if (path.endsWith("/mypermissions")) return [200, { permissions: { BROWSE_PROJECTS: { havePermission: true } } }];
    if (path.endsWith("/issue")) return [201, create(given.fields)];
    if (path.endsWith("/bulkfetch"))
      return [200, those(({ id, key }) => [id, key].some((one) => given.issueIdsOrKeys.includes(one)))];
    if (path.endsWith("/search/jql"))
      return [200, those(({ fields }) => !label || fields.labels?.includes(label) === true)];
    const issue = issues.find(({ id, key }) => id === name || key === name);
    if (issue === undefined) return [404, { errorMessages: ["There is no such thing here."], errors: {} }];
    return method === "GET" ? [200, issue] : [204, null];
  }

  function create(fields: CutIssue["fields"]): CutIssue {
    const [id, created] = [String(issues.length + 1), new Date(now()).toISOString()];
    const issue = { id, key: `${project}-${id}`, fields: { ...fields, created } };
    issues.push(issue);
    return issue;
  }

  const server = createServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const reads = /\/(bulkfetch|search\/jql)$/.test(path);
    text(request).then(
      (body) => {
        const isFirst = request.method === "POST" && (cutsReads || !reads) && !seen.has(path + body);
        seen.add(path + body);
        const [status, value] = answer(request.method ?? "", path, body);
        if (isFirst) request.socket.destroy();
        else
          response
            .writeHead(status, { "content-type": "application/json" })
            .end(value === null ? "" : JSON.stringify(value));
      },
      () => response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    issues: issues as readonly CutIssue[],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface CutIssue {
  readonly id: string;
  readonly key: string;
  readonly fields: { readonly summary?: string; readonly labels?: readonly string[]; readonly created: string };
}
