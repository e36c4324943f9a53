import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import { projectOf, refusal, whole, type Call, type Route } from "./call.ts";
import { namedJson, pageJson, projectJson, typeJson } from "./issue-json.ts";
import type { FieldSpec, FieldType } from "./project.ts";

export const createmetaRoutes: readonly Route[] = [
  { method: "GET", path: "/issue/createmeta/{project}/issuetypes", run: types },
  { method: "GET", path: "/issue/createmeta/{project}/issuetypes/{type}", run: fields },
];

function types(call: Call): VendorAnswer {
  const project = projectOf(call);
  // Whoever may not create sees a project without types.
  const all = project.granted.has("CREATE_ISSUES") ? project.issueTypes : [];
  return page(
    call,
    "issueTypes",
    all.map((type) => typeJson(call, type)),
  );
}

function fields(call: Call): VendorAnswer {
  const project = projectOf(call);
  const id = call.params["type"] ?? "";
  const type = project.issueTypes.find((each) => each.id === id);
  if (type === undefined || !project.granted.has("CREATE_ISSUES")) {
    throw refusal(call.site.deployment === "Cloud" ? 400 : 404, ["The issue type selected is invalid."]);
  }
  const system = [
    {
      ...meta("issuetype", "Issue Type", { type: "issuetype", system: "issuetype" }, true, ["set"]),
      allowedValues: [typeJson(call, type)],
    },
    {
      ...meta("project", "Project", { type: "project", system: "project" }, true, ["set"]),
      allowedValues: [projectJson(call, project)],
    },
  ];
  return page(call, "fields", [...system, ...type.createScreen.map((spec) => fieldMeta(call, spec))]);
}

export function fieldMeta(call: Call, spec: FieldSpec): Record<string, unknown> {
  return {
    ...meta(spec.id, spec.name, schemaOf(spec), spec.required ?? false, operationsOf(spec.type)),
    ...allowedOf(call, spec),
  };
}

export function schemaOf(spec: FieldSpec): Record<string, unknown> & { readonly type: string } {
  const custom = /^customfield_(\d+)$/.exec(spec.id)?.[1];
  const rest =
    custom === undefined
      ? { system: spec.id }
      : { custom: `com.atlassian.jira.plugin.system.customfieldtypes:${kinds[spec.type]}`, customId: Number(custom) };
  switch (spec.type) {
    case "text":
    case "rich-text":
      return { type: "string", ...rest };
    case "date-time":
      return { type: "datetime", ...rest };
    case "labels":
      return { type: "array", items: "string", ...rest };
    case "options":
      return { type: "array", items: "option", ...rest };
    case "components":
      return { type: "array", items: "component", ...rest };
    case "links":
      return { type: "array", items: "issuelinks", ...rest };
    case "attachments":
      return { type: "array", items: "attachment", ...rest };
    case "number":
    case "date":
    case "option":
    case "user":
    case "priority":
    case "resolution":
      return { type: spec.type, ...rest };
  }
}

const kinds: Readonly<Record<FieldType, string>> = {
  text: "textfield",
  "rich-text": "textarea",
  number: "float",
  date: "datepicker",
  "date-time": "datetime",
  labels: "labels",
  option: "select",
  options: "multiselect",
  components: "components",
  user: "userpicker",
  priority: "priority",
  resolution: "resolution",
  links: "issuelinks",
  attachments: "attachment",
};

function meta(id: string, name: string, schema: object, required: boolean, operations: readonly string[]) {
  const hasDefaultValue = id === "priority" || id === "reporter";
  return { required, schema, name, key: id, fieldId: id, hasDefaultValue, operations };
}

function operationsOf(type: FieldType): readonly string[] {
  if (type === "labels" || type === "options" || type === "components") return ["add", "set", "remove"];
  if (type === "links") return ["add", "copy"];
  return type === "attachments" ? ["set", "copy"] : ["set"];
}

function allowedOf(call: Call, spec: FieldSpec): Record<string, unknown> {
  if (spec.type === "priority" || spec.type === "resolution") {
    const { type } = spec;
    const all = type === "priority" ? call.site.priorities : call.site.resolutions;
    return { allowedValues: all.map((each) => namedJson(call, type, each)) };
  }
  if (spec.allowed === undefined) return {};
  const by = spec.type === "components" ? "name" : "value";
  return { allowedValues: spec.allowed.map(({ id, value }) => ({ id, [by]: value })) };
}

function page(call: Call, name: string, all: readonly unknown[]): VendorAnswer {
  const startAt = whole(call, "startAt", 0);
  const maxResults = Math.min(whole(call, "maxResults", 50), 200);
  return jsonAnswer(200, pageJson(call.site, name, all, startAt, maxResults));
}
