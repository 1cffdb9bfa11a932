import { svelte } from '@sveltejs/vite-plugin-svelte';
import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';

// MARQUEE_URL lets `npm run dev` and `vite preview` use a running server for everything that is not the page itself.
const server = loadEnv('', '.', 'MARQUEE_').MARQUEE_URL ?? 'http://127.0.0.1:8080';
const proxied = ['/odx', '/operator', '/media', '/art', '/app-config.json'];
const proxy = Object.fromEntries(proxied.map((path) => [path, { target: server }]));

export default defineConfig({
  plugins: [svelte()],
  json: { stringify: true }, // six languages of words: browsers read them faster as JSON than as script
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
  server: { proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts'] },
});
