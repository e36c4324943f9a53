/** A project's key, as Jira makes them. */
export const PROJECT_KEY = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;
