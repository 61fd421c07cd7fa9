import { fileURLToPath } from "node:url"
import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

// `make ui` points this at a running server; the built files are served by that server itself.
const server = process.env["MODELWRIGHT_URL"] ?? "http://127.0.0.1:7117"

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/modelwright/server/ui",
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // The primitives are one chunk that comes with the shell, so that no page waits for a button.
            { name: "ui", test: /\/src\/ui\/.*\.tsx?$|node_modules\/(@base-ui|@floating-ui|@tanstack\/(react-virtual|virtual-core))\//, priority: 2 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: server, changeOrigin: false } } },
})
