import { defineConfig } from 'vite';

// GraphiQL's editor runs in module workers, hence `worker.format`. Everything below /dashboard/assets/ carries a hash in
// its name and is cached for ever; the page itself is served at /graphql.
export default defineConfig({
  base: '/dashboard/',
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 4096,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
});
