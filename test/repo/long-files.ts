/** Source files that may pass 300 lines, each with the reason why a second file would not make it clearer. */
export const longFiles: Readonly<Record<string, string>> = {};
