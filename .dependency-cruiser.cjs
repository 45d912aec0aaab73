/** The layers of the workspace; see ARCHITECTURE.md. Tests may reach further than the code they test. */
const code = (folder) => `^packages/${folder}/src/(?!.*\\.test\\.ts$)`;

/** The floors of packages with rooms, lowest first. A room imports rooms of lower floors alone. */
const houses = {
  core: [
    ["files", "losses", "state", "text"],
    ["clustering", "data", "metrics", "networks", "optimizers", "processes"],
    ["plugins"],
    ["config", "embedding"],
    ["evaluation", "health"],
    ["run"],
    ["training"],
    ["inspect", "replay", "running"],
  ],
  report: [["browser", "statistics"], ["receipts"], ["report"], ["comparison", "live"]],
};
const rooms = (house, names) => `^packages/${house}/src/(${names.join("|")})/(?!.*\\.test\\.)`;

/** One rule a floor: no arrow runs up, and none from room to room on the floor itself. */
const floorRules = Object.entries(houses).flatMap(([house, floors]) =>
  floors.flatMap((names, i) =>
    names.map((name) => ({
      name: `${house}-${name}-imports-lower-floors-alone`,
      severity: "error",
      from: { path: rooms(house, [name]) },
      to: {
        path: rooms(
          house,
          floors
            .slice(i)
            .flat()
            .filter((other) => other !== name),
        ),
      },
    })),
  ),
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
      name: "core-imports-no-plugin-and-no-page",
      severity: "error",
      from: { path: code("core") },
      to: { path: "^packages/(plugin-|report/|export/|cli/)" },
    },
    {
      name: "report-and-export-import-no-plugin-and-not-each-other",
      severity: "error",
      from: { path: "^packages/(report|export)/src/(?!.*\\.test\\.)" },
      to: { path: "^packages/(plugin-|cli/|(?!$1)(report|export)/)" },
    },
    {
      name: "core-internal-is-for-report-export-and-cli",
      severity: "error",
      from: { path: "^(packages/(?!core/|report/|export/|cli/)|examples/)" },
      to: { path: "^packages/core/src/internal\\.ts$" },
    },
    {
      name: "browser-code-imports-uplot-and-tensorflow-js-alone",
      severity: "error",
      from: { path: "^packages/report/src/browser/(?!.*\\.test\\.)" },
      to: {
        pathNot:
          "^packages/report/src/browser/|node_modules/(uplot|@tensorflow/tfjs-(core|converter|backend-wasm))/",
      },
    },
    {
      name: "of-browser-code-the-page-data-alone-is-imported",
      severity: "error",
      from: { path: "^packages/report/src/(?!browser/)" },
      to: { path: "^packages/report/src/browser/(?!page-data\\.ts)" },
    },
    {
      name: "a-plugin-imports-core-and-augment-zoo-alone",
      severity: "error",
      from: { path: "^packages/(plugin-[^/]+)/src/(?!.*\\.test\\.ts$)" },
      to: { path: "^packages/(?!core/|augment-zoo/|$1/)" },
    },
    {
      name: "inversify-stays-in-services",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "/services(\\.test)?\\.ts$" },
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
