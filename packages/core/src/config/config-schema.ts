import { isList, type OptionSchema } from "./options-schema.ts";
import type { Registry } from "./registry.ts";
import { withEncoderProperties, withLearningProperties } from "./section-options.ts";
import { runSettingsSchema } from "./run-settings-schema.ts";

/** The value of `use` for a definition that is not built in: the path of a file, or a package. */
const MODULE = { type: "string", pattern: String.raw`^(\.{0,2}/|@|tssl-)` };

const REPLACE = {
  type: "string",
  description:
    "The plugin of the file that this one extends whose place this one takes, with all its options.",
};

const REMOVE = {
  type: "string",
  description: "A plugin of the file that this one extends, which this run does without.",
};

/**
 * The JSON Schema (draft 7) of a config file, for editors: each built-in plugin, encoder and optimizer is an
 * alternative that `use` chooses, with the description and the default of each option.
 *
 * It accepts what `parseConfig` accepts, with two exceptions. Options of the user's own modules are not
 * checked. In a file that `extends` another one nothing is required, and sections without `use` are not
 * checked, because they depend on the other file.
 *
 * @param presets names that `extends` accepts besides the path of a file.
 */
export function configSchema(registry: Registry, presets: readonly string[]): object {
  const settings = forEditors(runSettingsSchema as object);
  const encoder = choice("The network that is trained.", registry.encoders, withEncoderProperties);
  const optimizer = choice(
    "The optimizer and its learning rate.",
    registry.optimizers,
    withLearningProperties,
  );
  const plugin = choice(
    "A method, or a loss term that is added to one.",
    registry.plugins,
    ({ options }) => options,
    { replace: REPLACE },
  );
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A run of tssl",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string", description: "Path of this schema in a JSON config, for editors." },
      extends: {
        description:
          "A preset, or the path of another config. Options in this file override those of the other one; " +
          "plugins are merged by use, replaced by replace, and taken away by remove.",
        anyOf: [{ enum: presets }, { type: "string", pattern: String.raw`\.\w+$` }],
      },
      ...settings.properties,
      encoder,
      plugins: {
        type: "array",
        description: "Exactly one method, and loss terms such as clsa that are added to it.",
        items: {
          ...plugin,
          properties: { ...plugin.properties, remove: REMOVE },
          anyOf: [{ required: ["use"] }, { required: ["remove"], maxProperties: 1 }],
        },
      },
      optimizer,
    },
    if: { required: ["extends"] },
    else: {
      required: ["epochs", "batchSize", "data", "encoder", "plugins", "optimizer"],
      properties: {
        data: { required: ["train"] },
        encoder: { required: ["use"] },
        plugins: { minItems: 1 },
        optimizer: { required: ["use", "lr"] },
      },
    },
  };
}

interface EditorSchema {
  readonly properties?: Readonly<Record<string, EditorSchema>>;
}

/**
 * Standard JSON Schema: null among the types instead of `nullable`, and nothing required, because there are
 * defaults.
 */
function forEditors({ nullable, properties, required, items, ...schema }: OptionSchema): EditorSchema {
  return {
    ...schema,
    ...(nullable === true && { type: [schema.type, "null"] }),
    ...(items !== undefined && {
      items: isList(items) ? items.map(forEditors) : forEditors(items),
    }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, forEditors(inner)]),
      ),
    }),
  };
}

/** A section whose options depend on its `use`. */
function choice<Definition extends { readonly options: object }>(
  description: string,
  known: Readonly<Record<string, Definition>>,
  schemaOf: (definition: Definition) => object = ({ options }) => options,
  more: Readonly<Record<string, object>> = {},
) {
  const alternatives = Object.entries(known).map(([name, definition]) => {
    const schema = forEditors(schemaOf(definition));
    return {
      if: { properties: { use: { const: name } }, required: ["use"] },
      then: { ...schema, properties: { use: { const: name }, ...more, ...schema.properties } },
    };
  });
  return {
    type: "object",
    description,
    properties: {
      use: {
        description: "A built-in name, the path of a file (./my-own.ts), or a package (@me/name, tssl-name).",
        anyOf: [{ enum: Object.keys(known) }, MODULE],
      },
      ...more,
    },
    allOf: alternatives,
  };
}
