// What the checks of a plugin's options find.

// optionDefaults

export const optionWithoutDefault = (plugin: string, option: string): string =>
  `[${plugin}] The option "${option}" has no default, but a config may leave out every option. Give it a ` +
  "default in the schema of the plugin's options.";

/** @param refusal of a config with the plugin's defaults. */
export const defaultsRefused = (plugin: string, refusal: string): string =>
  `[${plugin}] Correct the defaults of the plugin's options, or their schema, which refuses them: ${refusal}`;

// optionRefusals

export const unknownOptionAccepted = (plugin: string, option: string): string =>
  `[${plugin}] The schema of the plugin's options accepts "${option}", which is no option of it, so a ` +
  "misspelt option would be ignored. Set additionalProperties to false in the schema.";

/** @param value one of a wrong type. */
export const wrongTypeAccepted = (plugin: string, option: string, value: unknown): string =>
  `[${plugin}] The option "${option}" accepts ${JSON.stringify(value)}, because its schema names no type. ` +
  "Give it one, in the schema of the plugin's options.";

/** @param path of the option: "plugins.moco.dim". @param refusal what a user would read. */
export const refusedWithoutPath = (plugin: string, path: string, refusal: string): string =>
  `[${plugin}] The refusal of a wrong value must name the path of the option, "${path}". Check the option ` +
  `by itself, under \`properties\` of the schema. Got: ${refusal}`;
