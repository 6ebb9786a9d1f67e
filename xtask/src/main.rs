//! What is done with a compiled wasm.
//!
//! - `cargo run -p xtask -- bind INPUT.wasm OUTPUT_DIR NAME` writes its JavaScript bindings.
//! - `cargo run -p xtask -- split INPUT.wasm LATER.wasm EXPORT…` moves exports, and what only they need, into a part that
//!   is loaded later.

mod split;

use std::error::Error;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args.as_slice() {
        ["bind", input, output, name] => bind(input, output, name),
        ["split", input, later, exports @ ..] if !exports.is_empty() => split_file(input, later, exports),
        _ => {
            eprintln!(
                "usage: cargo run -p xtask -- bind INPUT.wasm OUTPUT_DIR NAME | split INPUT.wasm LATER.wasm EXPORT…"
            );
            std::process::exit(2);
        }
    };
    if let Err(error) = result {
        eprintln!("xtask: {} of {}: {error:#}", args[0], args[1]);
        std::process::exit(1);
    }
}

fn bind(input: &str, output: &str, name: &str) -> Result<(), Box<dyn Error>> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(input)
        .web(true)?
        .out_name(name)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The package says where the module is, in the one form that bundlers follow.
        .omit_default_module_path(true);
    Ok(bindgen.generate(output)?)
}

/// An export belongs to the later part by its name, or as a method of a class of that name.
fn split_file(input: &str, later: &str, exports: &[&str]) -> Result<(), Box<dyn Error>> {
    let belongs = |name: &str| {
        exports.iter().any(|class| {
            name == *class
                || name.strip_prefix(class).is_some_and(|method| method.starts_with('_'))
                || name.strip_prefix("__wbg_").and_then(|name| name.strip_suffix("_free")) == Some(class)
        })
    };
    let (first, rest) = split::split(&std::fs::read(input)?, belongs)?;
    std::fs::write(input, first)?;
    std::fs::write(later, rest)?;
    Ok(())
}
