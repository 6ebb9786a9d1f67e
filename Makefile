# Thin: the work is done by cargo, npm and scripts/.
.PHONY: demo test setup check rust wasm js e2e docs bench size fuzz clean

demo: ; @scripts/setup.sh && node scripts/build.mjs && npm run --silent preview --workspace www
test: ; @node scripts/test.mjs
setup: ; @scripts/setup.sh --browser
check: ; @node scripts/check.mjs
rust: ; cargo test --locked
wasm: ; @node scripts/wasm.mjs
js: wasm ; npm run build --workspace pkg && npm test --workspace pkg
e2e: ; @node scripts/build.mjs && npm run e2e --workspace www
docs: ; @scripts/setup.sh && node scripts/docs.mjs
bench: ; @node scripts/bench.mjs
size: ; @node scripts/size.mjs
fuzz: ; @node scripts/fuzz.mjs $(or $(T),edge_list) $(or $(S),60)
clean: ; rm -rf target pkg/dist pkg/LICENSE* www/dist node_modules pkg/node_modules scripts/docs/node_modules www/node_modules
