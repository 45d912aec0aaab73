import js from "@eslint/js";
import tseslint from "typescript-eslint";

const PRIVATE_PARTS_OF_TFJS = {
  selector:
    "TSAsExpression > CallExpression[callee.object.name='tf'][callee.property.name=/^(engine|backend)$/]",
  message: "Parts of tfjs that its types leave out are in packages/engine/src/tfjs-internals.ts alone.",
};
const PRINTING = {
  selector: "CallExpression[callee.object.object.name='process'][callee.property.name='write']",
  message: "Commands print through terminal.ts, which escapes what a terminal acts on.",
};

export default tseslint.config(
  {
    ignores: [
      "**/dist/**",
      "**/node_modules/**",
      "runs/**",
      ".dependency-cruiser.cjs",
      "packages/augment-zoo/kernels/*.ts", // AssemblyScript
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["vitest.config.ts"] } } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-deprecated": "off",
      "no-restricted-syntax": ["error", PRIVATE_PARTS_OF_TFJS],
      // Contexts and stores are plain objects of functions that never read `this`: taking one apart is how
      // they are meant.
      "@typescript-eslint/unbound-method": "off",
      // tfjs types a variable as a tensor and a model as a layer; which of them it is, the code knows.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // What is taken out of an object to leave the rest.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // A type that a caller states once, as in `fromBytes<Rank.R4>`, is what tfjs's own signatures are made
      // of.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },
  { files: ["packages/engine/src/tfjs-internals.ts"], rules: { "no-restricted-syntax": "off" } },
  {
    files: ["packages/cli/src/**/*.ts"],
    ignores: ["packages/cli/src/terminal.ts", "**/*.test.ts", "**/*.test.data.ts"],
    rules: { "no-restricted-syntax": ["error", PRIVATE_PARTS_OF_TFJS, PRINTING] },
  },
  // Outside every TypeScript project, so nothing is known of its types.
  { files: ["vitest.config.ts"], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ["**/*.mjs", "**/*.js"],
    languageOptions: {
      globals: {
        Buffer: "readonly",
        console: "readonly",
        fetch: "readonly",
        performance: "readonly",
        process: "readonly",
        URL: "readonly",
      },
    },
  },
);
