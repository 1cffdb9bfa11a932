import { svelte } from '@sveltejs/vite-plugin-svelte';
import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';

// MARQUEE_URL lets `npm run dev` use a running server for everything that is not the page itself.
const server = loadEnv('', '.', 'MARQUEE_').MARQUEE_URL ?? 'http://127.0.0.1:8080';
const proxied = ['/odx', '/operator', '/media', '/art', '/app-config.json'];

export default defineConfig({
  plugins: [svelte()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, { target: server }])) },
  test: { include: ['src/**/*.test.ts'] },
});
