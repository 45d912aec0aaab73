// What the check of labels finds.

export const labelsNotNamed = (plugin: string): string =>
  `[${plugin}] step reads \`context.labels\`, but the plugin does not name them in \`reads\`, so it is ` +
  'given none. Set reads: ["labels"].';

export const labelsNeverRead = (plugin: string): string =>
  `[${plugin}] The plugin names "labels" in \`reads\`, but step never reads \`context.labels\`, so they ` +
  "would be passed to it for nothing. Leave them out of `reads`.";
