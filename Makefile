# Thin: the work is done by cargo, npm and scripts/.
.PHONY: demo test setup check rust wasm js e2e stories docs bench size fuzz clean

demo: ; @scripts/setup.sh && node scripts/build.mjs && npm run --silent preview --workspace www
test: ; @node scripts/test.mjs
setup: ; @scripts/setup.sh --browser
check: ; @node scripts/check.mjs
rust: ; cargo test --locked
wasm: ; @node scripts/wasm.mjs
js: wasm ; npm run build --workspace pkg && npm test --workspace pkg
e2e: ; @node scripts/build.mjs && npm run e2e --workspace www
# All stories N times, to find those that fail by chance; BUSY=1 beside a busy core, FONTS=folder with more fonts.
stories: ; @node scripts/repeat-stories.mjs $(or $(N),20) $(if $(BUSY),--busy) $(if $(FONTS),--fonts $(FONTS))
docs: ; @scripts/setup.sh && node scripts/docs.mjs
bench: ; @node scripts/bench.mjs
size: ; @node scripts/size.mjs
fuzz: ; @node scripts/fuzz.mjs $(or $(T),edge_list) $(or $(S),60)
clean: ; rm -rf target pkg/dist pkg/LICENSE* www/dist node_modules pkg/node_modules scripts/docs/node_modules www/node_modules
