// What the check of publications finds.

export const announcedNotPublished = (plugin: string, publication: string): string =>
  `[${plugin}] The plugin names "${publication}" in \`publishes\`, but step does not publish it. Return it ` +
  "in `publish`, or leave it out of `publishes`.";

export const publishedNotAnnounced = (plugin: string, publication: string): string =>
  `[${plugin}] step publishes "${publication}", but the plugin does not name it in \`publishes\`, so no ` +
  "plugin can require it. Name it there.";

export const usedNotRequired = (plugin: string, publication: string): string =>
  `[${plugin}] step takes "${publication}" with \`use\`, but the plugin does not name it in \`requires\`, ` +
  "so the plugin that publishes it may run later. Name it there.";

export const usedThoughOptional = (plugin: string, publication: string): string =>
  `[${plugin}] step takes "${publication}" with \`use\`, but the plugin names it in \`uses\` and not in ` +
  "`requires`, and `use` throws where no plugin publishes it. Take it with `find`, or name it in `requires`.";

export const soughtNotNamed = (plugin: string, publication: string): string =>
  `[${plugin}] step looks for "${publication}" with \`find\`, but the plugin does not name it in \`uses\`, ` +
  "so the plugin that publishes it may run later. Name it there.";

export const namedNotSought = (plugin: string, publication: string): string =>
  `[${plugin}] The plugin names "${publication}" in \`uses\`, but step never looks for it with \`find\`. ` +
  "Leave it out.";
