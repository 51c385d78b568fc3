import { defineConfig } from "vite";

// Built next to the Python code that serves it, so that the wheel carries it.
const outDir = "../../src/frontdesk/web/built/widget";

// The loader is one classic script with a name that never changes, for pages paste its address.
// Everything else has hashed names and may be cached for ever.
export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: false,
  build: {
    outDir,
    target: "es2020",
    emptyOutDir: mode !== "loader",
    manifest: mode !== "loader",
    // The notices that the licences of what is built in ask for.
    license: mode !== "loader",
    modulePreload: { polyfill: false },
    assetsDir: "",
    rollupOptions:
      mode === "loader"
        ? {
            input: "src/loader/loader.ts",
            output: { format: "iife", entryFileNames: "loader.js" },
          }
        : { input: "src/main.tsx" },
  },
}));
