/** The layers of the workspace; see ARCHITECTURE.md. Tests may reach further than the code they test. */
const code = (folder) => `^packages/${folder}/src/(?!.*\\.test\\.ts$)`;

/** The floors of packages/core, lowest first. A room imports rooms of lower floors alone. */
const floors = [
  ["files", "losses", "state"],
  ["data", "metrics", "networks", "optimizers"],
  ["plugins"],
  ["config", "embedding"],
  ["evaluation", "health"],
  ["run"],
  ["training"],
  ["inspect", "replay"],
];
const rooms = (names) => `^packages/core/src/(${names.join("|")})/(?!.*\\.test\\.)`;

/** One rule a floor: no arrow runs up, and none from room to room on the floor itself. */
const floorRules = floors.flatMap((names, i) =>
  names.map((name) => ({
    name: `core-${name}-imports-lower-floors-alone`,
    severity: "error",
    from: { path: rooms([name]) },
    to: {
      path: rooms(
        floors
          .slice(i)
          .flat()
          .filter((other) => other !== name),
      ),
    },
  })),
);

module.exports = {
  forbidden: [
    ...floorRules,
    { name: "no-cycles", severity: "error", from: { path: "^packages/[^/]+/src" }, to: { circular: true } },
    {
      name: "engine-imports-no-other-package",
      severity: "error",
      from: { path: code("engine") },
      to: { path: "^packages/(?!engine/)" },
    },
    {
      name: "augment-zoo-imports-no-other-package",
      severity: "error",
      from: { path: code("augment-zoo") },
      to: { path: "^packages/(?!augment-zoo/)" },
    },
    {
      name: "core-imports-no-plugin",
      severity: "error",
      from: { path: code("core") },
      to: { path: "^packages/(plugin-|cli/)" },
    },
    {
      name: "a-plugin-imports-core-alone",
      severity: "error",
      from: { path: "^packages/(plugin-[^/]+)/src/(?!.*\\.test\\.ts$)" },
      to: { path: "^packages/(?!core/|$1/)" },
    },
    {
      name: "inversify-stays-in-compose",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "/compose(\\.test)?\\.ts$" },
      to: { path: "node_modules/(inversify|reflect-metadata)/" },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "/dist/"] },
    exclude: { path: "/dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      conditionNames: ["tssl-source", "types", "import", "default"],
      exportsFields: ["exports"],
      extensions: [".ts", ".js", ".json"],
    },
  },
};
