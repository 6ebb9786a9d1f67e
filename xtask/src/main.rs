//! Writes the JavaScript bindings of a compiled wasm: `cargo run -p xtask -- INPUT.wasm OUTPUT_DIR NAME`.

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, name] = args.as_slice() else {
        eprintln!("usage: cargo run -p xtask -- INPUT.wasm OUTPUT_DIR NAME");
        std::process::exit(2);
    };
    let result = wasm_bindgen_cli_support::Bindgen::new()
        .input_path(input)
        .web(true)
        .map(|bindgen| {
            bindgen
                .out_name(name)
                .typescript(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                // The package says where the module is, in the one form that bundlers follow.
                .omit_default_module_path(true)
        })
        .and_then(|bindgen| bindgen.generate(output));
    if let Err(error) = result {
        eprintln!("xtask: cannot write the bindings of {input}: {error:#}");
        std::process::exit(1);
    }
}
